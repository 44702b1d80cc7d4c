// The errors of this module, whose own module is no product. What else its declarations name is in the products
// MilterMTA and MilterCore.

@_exported public import struct MilterSystem.Errno
@_exported public import struct MilterSystem.SocketError
