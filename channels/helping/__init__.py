"""Helper processes: where a library may crash, hang or grow without taking Loa with it."""
