extension MTAProfile {
  /// A rule by which an MTA changes its refusals, as with Postfix's `smtpd_reject_filter_maps`.
  ///
  /// ```swift
  /// var profile = MTAProfile.postfix3_11
  /// // smtpd_reject_filter_maps = regexp:{{/^451 4\.7\.1(.*)/ 550 5.7.1$1}}
  /// profile.replies.filters = [.init("451 4.7.1", "550 5.7.1")]
  /// ```
  public struct ReplyFilter: Hashable, Sendable {
    /// The beginning of the replies that it changes, such as `451 4.7.1`.
    public var start: String
    /// The text in its place, which begins with a code of class 4 or 5.
    public var replacement: String

    /// Creates a rule.
    public init(_ start: String, _ replacement: String) {
      self.start = start
      self.replacement = replacement
    }

    /// The lines of a reply after the change; `nil` for one that the rule does not change.
    func result(_ lines: [[UInt8]]) -> [[UInt8]]? {
      guard let first = lines.first, first.starts(with: start.utf8) else { return nil }
      let changed = Array(replacement.utf8) + first.dropFirst(start.utf8.count)
      guard Self.isRefusal(changed) else { return nil }
      return [changed] + lines.dropFirst()
    }

    /// Postfix ignores a result of another class, or without a code.
    private static func isRefusal(_ line: [UInt8]) -> Bool {
      func isDigit(_ index: Int) -> Bool { line.count > index && 0x30...0x39 ~= line[index] }
      guard line.count > 3, line[0] == UInt8(ascii: "4") || line[0] == UInt8(ascii: "5"),
        isDigit(1), isDigit(2), line[3] == 0x20 || line[3] == UInt8(ascii: "-")
      else { return false }
      return !isDigit(4) || line[4] == line[0]
    }
  }
}
