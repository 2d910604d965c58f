"""The station's day: what each cluster of loudspeakers plays, as table, picture and calendar."""
