/// Where a part lies among the delimiter lines of its multipart.
struct MIMEPlace {
  /// The number of the part that this one is in; `nil` for the message itself.
  var container: Int?
  /// Where the delimiter line before the part starts; for a part of no multipart, where it starts itself.
  var start: Int
  /// Where the next delimiter line starts; the end of the part if none follows.
  var end: Int
  /// Whether a delimiter line follows.
  var isDelimited: Bool
}
