public import MilterCore
public import Testing

extension FilterReply: CustomTestStringConvertible {
  /// The reply's command and size; the bytes of large replies would make the tests' output too
  /// long.
  public var testDescription: String {
    let bytes = bytes
    return "\(Unicode.Scalar(bytes[4])), a frame of \(bytes.count) bytes"
  }
}
