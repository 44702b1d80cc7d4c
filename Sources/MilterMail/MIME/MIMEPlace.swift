/// The place of a part among the delimiter lines of its multipart.
struct MIMEPlace {
  /// The number of the part that this one is in; `nil` for the message itself.
  var container: Int?
  /// The start of the delimiter line before the part; the part's own start if it is in no multipart.
  var start: Int
  /// The start of the next delimiter line; the end of the part if none follows.
  var end: Int
  /// Whether a delimiter line follows.
  var isDelimited: Bool
}
