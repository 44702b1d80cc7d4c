/// Changes parts of a message, and leaves all other bytes unchanged.
///
/// ```swift
/// struct AmbiguousMessage: Error {}
///
/// func disarm(_ message: MIMEMessage) throws {
///   // Other programs may find an attachment where this one sees none.
///   guard message.isFullyDivided else { throw AmbiguousMessage() }
///   var editor = MIMEEditor(message)
///   for part in message.root.all where part.fileNames.contains(where: \.isExecutable) {
///     try editor.replace(part, with: MIMEEntity(text: "An executable file was removed here.\n"))
///   }
///   for change in editor.headerChanges { try chgheader(change.name, change.index, change.value) }
///   try replacebody(editor.body)
/// }
/// ```
///
/// All changes refer to parts of the original message, so their order matters little. If a part is removed or
/// replaced later, other changes to it and to its subparts are lost.
///
/// - Boundaries, preamble, epilogue, and all other parts stay byte for byte.
/// - A message in a `message/rfc822` part is divided like the message itself, and its parts can be changed,
///   unless the `message/rfc822` part has a transfer encoding, which the standards do not allow.
/// - A multipart that loses its last part keeps an empty text part, because a multipart must have parts. A
///   multipart without a closing delimiter gets one if a part is added at its end.
/// - If programs may divide a message in different ways, or a line of new content would divide it, the editor
///   throws ``MIMEEditError``, and does not change the message.
///
/// Any change invalidates a signature over the body: that of DKIM, and that of a `multipart/signed` around the
/// part.
public struct MIMEEditor: Sendable {
  /// A change to a header field of the message, in the form for `chgheader`.
  public struct HeaderChange: Hashable, Sendable {
    /// The field's name.
    public let name: String
    /// The number of the field among those with its name, beginning with 1; a field that does not exist is
    /// added.
    public let index: Int
    /// The new value; `nil` deletes the field.
    public let value: String?
  }

  /// A change to a part.
  enum Change {
    case content([UInt8], MIMETransferEncoding)
    case removed
    case replaced(MIMEEntityText)

    /// Whether the part no longer exists.
    var isFinal: Bool { if case .content = self { false } else { true } }
  }

  /// A place where a part is added.
  enum Anchor: Hashable {
    case before(Int), after(Int), end(of: Int)
  }

  let message: MIMEMessage
  private let parts: [MIMEPart]
  private(set) var changes: [Int: Change] = [:]
  private(set) var additions: [Anchor: [[UInt8]]] = [:]
  /// The attachments, and whether each can be added to the message's own multipart.
  private var attached: [(bytes: [UInt8], fitsRoot: Bool)] = []

  /// Creates an editor for a message.
  public init(_ message: MIMEMessage) {
    self.message = message
    parts = message.root.all
  }

  /// Whether there are no changes.
  var isEmpty: Bool { changes.isEmpty && additions.isEmpty && attached.isEmpty }

  /// Whether header fields of the message itself move into its first part.
  package var movesContentFields: Bool {
    if case .replaced = changes[0] { return false }
    return wrappingAttachments != nil
  }

  /// Whether a header field with a name is one of these.
  package static func isMoved(_ name: String) -> Bool { isAboutContent(name) && !isStale(name) }

  /// The attachments, if the message becomes a part of a new multipart.
  var wrappingAttachments: [[UInt8]]? {
    attached.isEmpty || appendedAttachments != nil ? nil : attached.map(\.bytes)
  }

  /// The attachments, if they are added to the message's own multipart.
  var appendedAttachments: [[UInt8]]? {
    changes[0] == nil && attached.allSatisfy(\.fitsRoot) ? attached.map(\.bytes) : nil
  }

  /// Replaces the content of a part.
  ///
  /// The part keeps its transfer encoding if the content fits it. Otherwise, text becomes quoted-printable, and
  /// other content becomes base64. 7bit and 8bit fit only lines that end with CR LF. `binary` is not kept,
  /// because MTAs change such content in transit. Fields that would become wrong are deleted: `Content-Length`,
  /// `Content-MD5`, `Lines`.
  ///
  /// - Parameters:
  ///   - content: The content without transfer encoding. Text must be in the part's character set, with CR LF
  ///     at the end of each line.
  ///   - part: A part of this message without subparts.
  /// - Throws: ``MIMEEditError``; the part then stays unchanged.
  public mutating func setContent(_ content: [UInt8], of part: MIMEPart) throws(MIMEEditError) {
    let part = try target(part)
    guard part.parts.isEmpty, part.frame == nil else { throw MIMEEditError(.composite) }
    guard !part.isAmbiguous else { throw MIMEEditError(.ambiguous) }
    let (encoded, encoding) = try MIMEEntityText.encode(
      content, part.transferEncoding, of: part.contentType, in: try boundaries(around: part))
    changes[part.number] = .content(encoded, encoding)
  }

  /// Removes a part and its subparts.
  ///
  /// - Parameter part: A part of a multipart of this message.
  /// - Throws: ``MIMEEditError``; the part then stays unchanged.
  public mutating func remove(_ part: MIMEPart) throws(MIMEEditError) {
    let part = try target(part)
    _ = try multipart(around: part)
    _ = try boundaries(around: part)
    changes[part.number] = .removed
  }

  /// Replaces a part and its subparts.
  ///
  /// For the message itself, and for a message in a `message/rfc822` part, only header fields whose names begin
  /// with `Content-` are replaced.
  ///
  /// - Parameters:
  ///   - part: A part of this message, or ``MIMEMessage/root``.
  ///   - entity: The new part.
  /// - Throws: ``MIMEEditError``; the part then stays unchanged.
  public mutating func replace(
    _ part: MIMEPart, with entity: MIMEEntity
  ) throws(MIMEEditError) {
    let part = try target(part)
    let text = try MIMEEntityText(entity, in: try boundaries(around: part))
    changes[part.number] = .replaced(text)
  }

  /// Adds a part before another.
  ///
  /// - Parameters:
  ///   - entity: The part to add. It follows parts that were added at the same place before.
  ///   - part: A part of a multipart of this message.
  /// - Throws: ``MIMEEditError``; nothing is then added.
  public mutating func insert(
    _ entity: MIMEEntity, before part: MIMEPart
  ) throws(MIMEEditError) {
    let part = try target(part, mayBeGone: true)
    _ = try multipart(around: part)
    try add(entity, .before(part.number), try boundaries(around: part))
  }

  /// Adds a part after another.
  ///
  /// - Parameters:
  ///   - entity: The part to add. It follows parts that were added at the same place before.
  ///   - part: A part of a multipart of this message.
  /// - Throws: ``MIMEEditError``; nothing is then added.
  public mutating func insert(
    _ entity: MIMEEntity, after part: MIMEPart
  ) throws(MIMEEditError) {
    let part = try target(part, mayBeGone: true)
    let multipart = try multipart(around: part)
    // After the last part of a multipart without a closing delimiter, this is the end.
    let anchor: Anchor =
      part.place.isDelimited ? .after(part.number) : .end(of: multipart.number)
    try add(entity, anchor, try boundaries(around: part))
  }

  /// Adds a part at the end of a multipart.
  ///
  /// - Parameters:
  ///   - entity: The part to add. It follows parts that were added at the same place before.
  ///   - multipart: A multipart of this message. In a `multipart/alternative`, the part is another form of the
  ///     same content. To add a file to the message, use ``attach(_:)``.
  /// - Throws: ``MIMEEditError``; nothing is then added.
  public mutating func append(
    _ entity: MIMEEntity, to multipart: MIMEPart
  ) throws(MIMEEditError) {
    let part = try target(multipart)
    try checkEnd(of: part)
    let own = part.frame.map { [$0.boundary] } ?? []
    try add(entity, .end(of: part.number), try boundaries(around: part, own) + own)
  }

  /// Adds a part to the message, after all others.
  ///
  /// If the message is not a `multipart/mixed`, or if it cannot be extended, it becomes the first part of a new
  /// `multipart/mixed`. Its header fields that begin with `Content-` move into that part.
  ///
  /// - Parameter entity: The part to add.
  /// - Throws: ``MIMEEditError`` if the entity cannot be written; nothing is then added.
  public mutating func attach(_ entity: MIMEEntity) throws(MIMEEditError) {
    let root = parts[0]
    if root.contentType.is("multipart", "mixed"), (try? checkEnd(of: root)) != nil,
      let text = try? MIMEEntityText(entity, in: [root.frame?.boundary ?? []])
    {
      attached.append((text.bytes, true))
    } else {
      attached.append((try MIMEEntityText(entity, in: []).bytes, false))
    }
  }

  private mutating func add(
    _ entity: MIMEEntity, _ anchor: Anchor, _ boundaries: [[UInt8]]
  ) throws(MIMEEditError) {
    additions[anchor, default: []].append(try MIMEEntityText(entity, in: boundaries).bytes)
  }

  // MARK: What can be changed

  /// Returns the part, if it belongs to this message and still exists.
  private func target(
    _ part: MIMEPart, mayBeGone: Bool = false
  ) throws(MIMEEditError) -> MIMEPart {
    guard parts.indices.contains(part.number), parts[part.number].range == part.range,
      parts[part.number].bodyRange == part.bodyRange
    else { throw MIMEEditError(.otherMessage) }
    let gone = ([part] + ancestors(of: part)).dropFirst(mayBeGone ? 1 : 0).contains {
      changes[$0.number]?.isFinal ?? false
    }
    guard !gone else { throw MIMEEditError(.gone) }
    return parts[part.number]
  }

  /// Returns the multipart that contains a part.
  private func multipart(around part: MIMEPart) throws(MIMEEditError) -> MIMEPart {
    guard let container = part.place.container, parts[container].frame != nil else {
      throw MIMEEditError(.wholeMessage)
    }
    return parts[container]
  }

  /// Checks that parts can be added at the end of a multipart.
  private func checkEnd(of part: MIMEPart) throws(MIMEEditError) {
    guard let frame = part.frame, frame.hasDelimiter else { throw MIMEEditError(.notDivided) }
    guard !frame.isUndivided else { throw MIMEEditError(.tooManyParts) }
    guard !part.isAmbiguous else { throw MIMEEditError(.ambiguous) }
  }

  /// Returns the boundaries of the multiparts around a part, if they are unambiguous.
  private func boundaries(
    around part: MIMEPart, _ own: [[UInt8]] = []
  ) throws(MIMEEditError) -> [[UInt8]] {
    let ancestors = ancestors(of: part)
    let boundaries = ancestors.compactMap(\.frame?.boundary)
    guard !ancestors.contains(where: \.isAmbiguous),
      Set(boundaries + own).count == boundaries.count + own.count
    else { throw MIMEEditError(.ambiguous) }
    return boundaries
  }

  /// The parts that contain a part, from the innermost to the outermost.
  private func ancestors(of part: MIMEPart) -> [MIMEPart] {
    Array(sequence(first: part) { $0.place.container.map { parts[$0] } }.dropFirst())
  }
}
