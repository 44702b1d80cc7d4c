import MilterCore
public import MilterMail

extension MilterMessage {
  /// The message by its parts, as it is now.
  ///
  /// - Throws: as ``Body/bytes``.
  public var mime: MIMEMessage {
    get throws {
      var list = MailHeaders()
      for field in headers { list.append(field.name, field.rawValue) }
      return MIMEMessage(headers: list, body: try body.bytes)
    }
  }

  /// Changes, adds, and removes parts of the message, and leaves every other byte as it is.
  ///
  /// ```swift
  /// struct AmbiguousMessage: Error {}
  ///
  /// func disarm(_ message: inout MilterMessage) throws {
  ///   try message.editParts { parts, editor in
  ///     // Other programs may find an attachment where this one sees none.
  ///     guard parts.isFullyDivided else { throw AmbiguousMessage() }
  ///     for part in parts.root.all where part.fileNames.contains(where: \.isExecutable) {
  ///       try editor.replace(part, with: MIMEEntity(text: "An executable file was removed.\n"))
  ///     }
  ///   }
  /// }
  /// ```
  ///
  /// - Parameter changes: gets the message by its parts, and what changes them.
  /// - Throws: what `changes` throws, and nothing is changed then; and as ``Body/bytes`` and
  ///   ``Body/replace(with:)-(Collection<UInt8>)``.
  public mutating func editParts(
    _ changes: (MIMEMessage, inout MIMEEditor) throws -> Void
  ) throws {
    let parts = try mime
    var editor = MIMEEditor(parts)
    try changes(parts, &editor)
    var edited = self
    let newBody = editor.body
    if newBody != parts.body { try edited.body.replace(with: newBody) }
    for change in editor.headerChanges { try edited.make(change) }
    self = edited
  }

  private mutating func make(_ change: MIMEEditor.HeaderChange) throws(MilterError) {
    let fields = headers.all(change.name)
    guard fields.indices.contains(change.index - 1) else {
      if let value = change.value {
        try headers.append(try Field(change.name, rawValue: value.utf8))
      }
      return
    }
    let field = fields[change.index - 1]
    guard let value = change.value else { return headers.remove(field) }
    try headers.replace(field, with: try Field(field.name, rawValue: value.utf8))
  }
}
