// The type of an error's number, whose module is no product.

@_exported public import struct MilterSystem.Errno
