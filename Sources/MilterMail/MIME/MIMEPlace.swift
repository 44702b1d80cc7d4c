/// The place of a part among the delimiter lines of its multipart.
struct MIMEPlace {
  /// The number of the part that contains this one; `nil` for the message itself.
  var container: Int?
  /// The start of the delimiter line before the part; without a multipart around it, the start of the part.
  var start: Int
  /// The start of the next delimiter line; the end of the part if none follows.
  var end: Int
  /// Whether a delimiter line follows.
  var isDelimited: Bool
}
