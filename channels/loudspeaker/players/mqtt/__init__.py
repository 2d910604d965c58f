"""The kind ``mqtt``: devices that take commands from a broker: docs/mqtt-devices.md."""
