"""Loa's own server: what players on the network ask, and later what people see in a browser."""
