import MilterCore
public import MilterMail

extension MilterMessage {
  /// The current message, divided into its parts.
  ///
  /// - Throws: The same errors as ``Body/bytes``.
  public var mime: MIMEMessage {
    get throws {
      var list = MailHeaders()
      for field in headers { list.append(field.name, field.rawValue) }
      return MIMEMessage(headers: list, body: try body.bytes)
    }
  }

  /// Changes, adds, and removes parts of the message, and leaves all other bytes unchanged.
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
  /// - Parameter changes: Gets the parts of the message and an editor for them.
  /// - Throws: An error of `changes`; the errors of ``Body/bytes`` and
  ///   ``Body/replace(with:)-(Collection<UInt8>)``; and ``/MilterCore/MilterError`` if the change affects a
  ///   field that the MTA may have cut. After an error, the message is unchanged.
  public mutating func editParts(
    _ changes: (MIMEMessage, inout MIMEEditor) throws -> Void
  ) throws {
    let parts = try mime
    var editor = MIMEEditor(parts)
    try changes(parts, &editor)
    var edited = self
    let newBody = editor.body
    if newBody != parts.body { try edited.body.replace(with: newBody) }
    if editor.movesContentFields,
      let field = headers.first(where: { $0.mayBeCut && MIMEEditor.isMoved($0.name) })
    {
      throw Headers.cut(field)
    }
    try edited.headers.make(editor.headerChanges)
    self = edited
  }
}

extension MilterMessage.Headers {
  /// Makes the changes of an editor; the time depends only on the number of fields and of new values.
  fileprivate mutating func make(_ changes: [MIMEEditor.HeaderChange]) throws(MilterError) {
    guard !changes.isEmpty else { return }
    // For each name, deletions come first, from the last field on, so that the indexes do not change.
    let places = Dictionary(grouping: fields) {
      String(decoding: $0.rawName.trimmed, as: UTF8.self).lowercased()
    }
    var removed: Set<Int> = []
    for change in changes {
      let same = places[change.name.lowercased()] ?? []
      let field = same.indices.contains(change.index - 1) ? same[change.index - 1] : nil
      switch (field, change.value?.utf8) {
      case (let field?, let value?):
        try replace(field, with: try .init(field.name, rawValue: value))
      case (nil, let value?): try append(try .init(change.name, rawValue: value))
      case (let field?, nil): removed.insert(field.id)
      case (nil, nil): break
      }
    }
    remove(removed)
  }
}
