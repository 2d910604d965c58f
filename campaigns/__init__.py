"""What officials write: the campaign and registry files, their checks and their templates."""
