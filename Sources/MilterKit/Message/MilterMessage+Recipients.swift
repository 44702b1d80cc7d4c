public import MilterCore
import MilterMTA

extension MilterMessage {
  /// The recipients of a message.
  public struct Recipients: RandomAccessCollection, Sendable {
    /// The recipients that the MTA has accepted, in order.
    let original: [Path]
    private(set) var paths: [Path]
    let traits: MTATraits

    init(_ paths: [Path], traits: MTATraits) {
      original = paths
      self.paths = paths
      self.traits = traits
    }

    /// The index of the first recipient.
    public var startIndex: Int { paths.startIndex }
    /// The index after the last recipient.
    public var endIndex: Int { paths.endIndex }
    /// The recipient at an index.
    public subscript(index: Int) -> Path { paths[index] }

    /// Adds a recipient; has no effect if the message already has this recipient.
    ///
    /// - Parameters:
    ///   - text: The address; angle brackets are optional.
    ///   - arguments: The ESMTP arguments `NOTIFY` and `ORCPT`, the latter in xtext (RFC 3461).
    /// - Throws: ``/MilterCore/MilterError`` if the MTA does not accept them.
    public mutating func append(_ text: String, arguments: [String] = []) throws(MilterError) {
      try append(try Path(text, arguments: arguments))
    }

    /// Adds a recipient; has no effect if the message already has this recipient.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the MTA does not accept it.
    public mutating func append(_ path: Path) throws(MilterError) {
      guard !paths.contains(where: { $0.bareValue == path.bareValue }) else { return }
      try traits.checkRecipient(path, among: original)
      paths.append(path)
    }

    /// Replaces a recipient with another address, which gets its arguments `NOTIFY` and `ORCPT`.
    ///
    /// The new recipient is at the end. MTAs do not keep the order.
    /// - Throws: ``/MilterCore/MilterError`` if the MTA does not accept it.
    public mutating func replace(_ path: Path, with text: String) throws(MilterError) {
      var seen: Set<String> = []
      let kept = path.rawArguments.filter {
        ESMTPArgument.isOfRecipient($0) && seen.insert(ESMTPArgument.parts($0).keyword).inserted
      }
      let new = try Path(text)
      guard new.bareValue != path.bareValue else { return }
      try replace(path, with: Path(rawValue: new.rawValue, rawArguments: kept))
    }

    /// Replaces a recipient, and others with the same address, with another one, such as one with other
    /// arguments.
    ///
    /// ```swift
    /// func quiet(_ message: inout MilterMessage) throws {
    ///   for path in message.recipients {
    ///     try message.recipients.replace(path, with: path.changingParameters { $0.notify = [] })
    ///   }
    /// }
    /// ```
    ///
    /// The new recipient is at the end. MTAs do not keep the order.
    /// - Throws: ``/MilterCore/MilterError`` if the MTA does not accept it. Sendmail keeps the arguments of a
    ///   recipient that the client named.
    public mutating func replace(_ path: Path, with new: Path) throws(MilterError) {
      guard new != path else { return }
      try traits.checkRecipient(new, among: original)
      remove(path)
      try append(new)
    }

    /// Removes a recipient, and others with the same address.
    public mutating func remove(_ path: Path) {
      let bare = path.bareValue
      paths.removeAll { $0.bareValue == bare }
    }

    /// Removes the recipients that satisfy a condition.
    public mutating func removeAll(where condition: (Path) throws -> Bool) rethrows {
      try paths.removeAll(where: condition)
    }
  }
}
