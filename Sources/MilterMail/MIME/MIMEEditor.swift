/// Changes parts of a message, and leaves every other byte as it is.
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
/// All changes name parts of the message as it came, so their order matters little: what is done to
/// a part that is removed or replaced later, or to one within it, is lost with it.
///
/// - Boundaries, preamble, epilogue and all parts that are not named stay byte for byte.
/// - A message within a `message/rfc822` is divided like the message itself, and its parts can be
///   changed, unless the `message/rfc822` has a transfer encoding, which no standard allows.
/// - A multipart that loses its last part keeps an empty text part, because a multipart without parts
///   is not valid. A multipart that was cut short is closed when something is done to its end.
/// - Where programs may divide a message in different ways, or a line of new content would divide it,
///   nothing is changed and ``MIMEEditError`` is thrown.
///
/// Any change breaks a signature over the body: that of DKIM, and that of a `multipart/signed` around
/// the part.
public struct MIMEEditor: Sendable {
  /// A change to a header field of the message, in the terms of `chgheader`.
  public struct HeaderChange: Hashable, Sendable {
    /// The field's name.
    public let name: String
    /// The number of the field among those of its name, from 1; a field that does not exist is added.
    public let index: Int
    /// The new value; `nil` deletes the field.
    public let value: String?
  }

  /// A change to a part.
  enum Change {
    case content([UInt8], MIMETransferEncoding)
    case removed
    case replaced(MIMEEntityText)

    /// Whether the part is no more.
    var isFinal: Bool { if case .content = self { false } else { true } }
  }

  /// A place where something is added.
  enum Anchor: Hashable {
    case before(Int), after(Int), end(of: Int)
  }

  let message: MIMEMessage
  private let parts: [MIMEPart]
  private(set) var changes: [Int: Change] = [:]
  private(set) var additions: [Anchor: [[UInt8]]] = [:]
  /// The attachments, and whether each can stand in the message's own multipart.
  private var attached: [(bytes: [UInt8], fitsRoot: Bool)] = []

  /// Begins with a message as it came.
  public init(_ message: MIMEMessage) {
    self.message = message
    parts = message.root.all
  }

  /// Whether nothing was changed.
  var isEmpty: Bool { changes.isEmpty && additions.isEmpty && attached.isEmpty }

  /// Whether header fields of the message itself go into its first part.
  package var movesContentFields: Bool {
    if case .replaced = changes[0] { return false }
    return wrappingAttachments != nil
  }

  /// Whether a header field of a name is among those that go there.
  package static func isMoved(_ name: String) -> Bool { isAboutContent(name) && !isStale(name) }

  /// The attachments, if the message becomes a part of a new multipart.
  var wrappingAttachments: [[UInt8]]? {
    attached.isEmpty || appendedAttachments != nil ? nil : attached.map(\.bytes)
  }

  /// The attachments, if the message's own multipart takes them.
  var appendedAttachments: [[UInt8]]? {
    changes[0] == nil && attached.allSatisfy(\.fitsRoot) ? attached.map(\.bytes) : nil
  }

  /// Gives a part new content.
  ///
  /// The part keeps its transfer encoding if the content fits it; otherwise a text becomes
  /// quoted-printable and anything else base64. 7bit and 8bit fit lines ended by CR LF only, and
  /// `binary` is not kept, because MTAs change such content on its way. Fields that would be wrong
  /// then are deleted: `Content-Length`, `Content-MD5`, `Lines`.
  ///
  /// - Parameters:
  ///   - content: the content without transfer encoding; a text in the part's character set, its
  ///     lines ended by CR LF.
  ///   - part: a part of this message without parts of its own.
  /// - Throws: ``MIMEEditError``, and leaves the part as it was.
  public mutating func setContent(_ content: [UInt8], of part: MIMEPart) throws(MIMEEditError) {
    let part = try target(part)
    guard part.parts.isEmpty, part.frame == nil else { throw MIMEEditError(.hasParts) }
    guard !part.isAmbiguous else { throw MIMEEditError(.ambiguous) }
    let (encoded, encoding) = try MIMEEntityText.encode(
      content, part.transferEncoding, of: part.contentType, in: try boundaries(around: part))
    changes[part.number] = .content(encoded, encoding)
  }

  /// Removes a part, with all within it.
  ///
  /// - Parameter part: a part of a multipart of this message.
  /// - Throws: ``MIMEEditError``, and leaves the part as it was.
  public mutating func remove(_ part: MIMEPart) throws(MIMEEditError) {
    let part = try target(part)
    _ = try multipart(around: part)
    _ = try boundaries(around: part)
    changes[part.number] = .removed
  }

  /// Replaces a part, with all within it.
  ///
  /// Of the message itself, and of one within a `message/rfc822`, only the header fields whose names
  /// begin with `Content-` are replaced.
  ///
  /// - Parameters:
  ///   - part: a part of this message, or ``MIMEMessage/root``.
  ///   - entity: what comes in its place.
  /// - Throws: ``MIMEEditError``, and leaves the part as it was.
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
  ///   - entity: the part to add. It comes after parts that were added at the same place before.
  ///   - part: a part of a multipart of this message.
  /// - Throws: ``MIMEEditError``, and adds nothing.
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
  ///   - entity: the part to add. It comes after parts that were added at the same place before.
  ///   - part: a part of a multipart of this message.
  /// - Throws: ``MIMEEditError``, and adds nothing.
  public mutating func insert(
    _ entity: MIMEEntity, after part: MIMEPart
  ) throws(MIMEEditError) {
    let part = try target(part, mayBeGone: true)
    let multipart = try multipart(around: part)
    // After a multipart's last part that was cut short, it is at the end.
    let anchor: Anchor =
      part.place.isDelimited ? .after(part.number) : .end(of: multipart.number)
    try add(entity, anchor, try boundaries(around: part))
  }

  /// Adds a part at the end of a multipart.
  ///
  /// - Parameters:
  ///   - entity: the part to add. It comes after parts that were added at the same place before.
  ///   - multipart: a multipart of this message. To a `multipart/alternative` this adds another form
  ///     of the same; to add a file to the message, use ``attach(_:)``.
  /// - Throws: ``MIMEEditError``, and adds nothing.
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
  /// A message that is no `multipart/mixed`, or one to which nothing can be added, becomes the first
  /// part of a new `multipart/mixed`, with its own header fields that begin with `Content-`.
  ///
  /// - Parameter entity: what to add.
  /// - Throws: ``MIMEEditError`` if the entity cannot be written, and adds nothing.
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

  /// The part itself, if it is of this message and still there.
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

  /// The multipart around a part.
  private func multipart(around part: MIMEPart) throws(MIMEEditError) -> MIMEPart {
    guard let container = part.place.container, parts[container].frame != nil else {
      throw MIMEEditError(.wholeMessage)
    }
    return parts[container]
  }

  /// Checks that parts can be added at the end of a part.
  private func checkEnd(of part: MIMEPart) throws(MIMEEditError) {
    guard let frame = part.frame, frame.hasDelimiter else { throw MIMEEditError(.notDivided) }
    guard !frame.isUndivided else { throw MIMEEditError(.tooManyParts) }
    guard !part.isAmbiguous else { throw MIMEEditError(.ambiguous) }
  }

  /// The boundaries of the multiparts around a part, if there is no doubt about them.
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
