public import MilterCore
public import Testing

extension FilterReply: CustomTestStringConvertible {
  /// The reply's command and size: all bytes of large ones would make megabytes of the tests' output.
  public var testDescription: String {
    let bytes = bytes
    return "\(Unicode.Scalar(bytes[4])), a frame of \(bytes.count) bytes"
  }
}
