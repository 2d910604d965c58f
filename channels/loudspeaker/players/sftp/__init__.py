"""The kind ``sftp``: a folder per cluster on a server, reached over SSH."""
