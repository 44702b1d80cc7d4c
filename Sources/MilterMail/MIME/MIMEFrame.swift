/// The delimiters of a multipart.
struct MIMEFrame {
  /// The boundary, without the hyphens before it; empty if the content type has none.
  var boundary: [UInt8]
  /// Whether there is a delimiter line.
  var hasDelimiter = false
  /// The index where the closing delimiter line starts; `nil` if it is missing.
  var closing: Int?
  /// Whether some parts were not divided, because there are too many parts or levels.
  var isUndivided = false

  /// The start of a delimiter line.
  var delimiter: [UInt8] { Array("--".utf8) + boundary }
}
