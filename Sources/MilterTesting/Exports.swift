// One import gives a test the filter's vocabulary and the MTA's.
@_exported public import struct MilterCore.MilterNegotiation
@_exported public import MilterKit
@_exported public import MilterMTA
