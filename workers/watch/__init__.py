"""What tells others how a process fares: health, readiness and figures, over HTTP."""
