public import MilterCore

extension MilterMessage {
  /// The header fields of a message in order.
  ///
  /// Names are compared without regard to case. Several fields can have the same name.
  public struct Headers: RandomAccessCollection, Sendable {
    /// The fields as the MTA sent them.
    ///
    /// The index of a field is its identity.
    let original: [Field]
    private(set) var fields: [Field]
    private var nextID: Int
    /// The reason why an assignment was refused, because an assignment cannot throw.
    private(set) var refusal: MilterError?
    let traits: MTATraits

    init(_ fields: [Field], traits: MTATraits) {
      original = fields
      self.fields = fields
      nextID = fields.count
      self.traits = traits
    }

    /// The index of the first field.
    public var startIndex: Int { fields.startIndex }
    /// The index after the last field.
    public var endIndex: Int { fields.endIndex }
    /// The field at an index.
    public subscript(index: Int) -> Field { fields[index] }

    /// The text of the first field with a name; see ``Field/text``.
    ///
    /// An assignment changes the first field with that name and removes the others, or adds a field after all
    /// others. `nil` removes all fields with the name. If the text is not allowed in a field, the header does
    /// not change, and ``MilterMessage/plan`` throws.
    public subscript(
      name: String, file file: StaticString = #fileID, line line: UInt = #line
    ) -> String? {
      get { first(name)?.text }
      set {
        do throws(MilterError) {
          try set(name, to: newValue)
        } catch {
          refusal = refusal ?? MilterError(error.code, "\(file):\(line): \(error.message)")
        }
      }
    }

    /// Returns the first field with a name.
    public func first(_ name: String) -> Field? { fields.first { $0.isNamed(name) } }

    /// Returns the fields with a name, in order.
    public func all(_ name: String) -> [Field] { fields.filter { $0.isNamed(name) } }

    // MARK: Adding

    /// Adds a field after all others.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the name or the text is not allowed.
    public mutating func append(_ name: String, _ text: String) throws(MilterError) {
      try append(try Field(name, text))
    }

    /// Adds a field after all others, or moves it there.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the MTA may have cut the field.
    public mutating func append(_ field: Field) throws(MilterError) {
      let field = try placing(field)
      fields.append(field)
    }

    /// Adds a field before all others.
    ///
    /// It is below the `Received` field that the MTA itself adds.
    /// - Throws: ``/MilterCore/MilterError`` if the name or the text is not allowed.
    public mutating func prepend(_ name: String, _ text: String) throws(MilterError) {
      try prepend(try Field(name, text))
    }

    /// Adds a field before all others, or moves it there.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the MTA may have cut the field.
    public mutating func prepend(_ field: Field) throws(MilterError) {
      let field = try placing(field)
      fields.insert(field, at: 0)
    }

    /// Adds a field before another one, or moves it there.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the MTA may have cut the field, or if the message does not have
    ///   the other one.
    public mutating func insert(_ field: Field, before other: Field) throws(MilterError) {
      try insert(field, besides: other, 0)
    }

    /// Adds a field after another one, or moves it there.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the MTA may have cut the field, or if the message does not have
    ///   the other one.
    public mutating func insert(_ field: Field, after other: Field) throws(MilterError) {
      try insert(field, besides: other, 1)
    }

    private mutating func insert(
      _ field: Field, besides other: Field, _ offset: Int
    ) throws(MilterError) {
      _ = try place(of: other)
      guard field.id != other.id || field.id < 0 else { return }
      let field = try placing(field)
      fields.insert(field, at: try place(of: other) + offset)
    }

    // MARK: Changing

    /// Replaces the text of a field.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the text is not allowed, the MTA may have cut the field, or the
    ///   message does not have it.
    public mutating func replace(_ field: Field, with text: String) throws(MilterError) {
      guard field.text != text else { return }
      try replace(field, with: try Field(field.name, text))
    }

    /// Replaces a field with another one.
    ///
    /// - Throws: ``/MilterCore/MilterError`` if the MTA may have cut the field, or the message does not
    ///   have it.
    public mutating func replace(_ field: Field, with new: Field) throws(MilterError) {
      let place = try place(of: field)
      let isRenamed = fields[place].rawName != new.rawName
      guard isRenamed || !fields[place].hasContent(of: new) else { return }
      guard !field.mayBeCut else { throw Self.cut(field) }
      // A copy of an original field.
      guard !new.mayBeCut || new.id < 0 else { throw Self.cut(new) }
      try check(new)
      if isRenamed {
        // MTAs cannot change a name.
        fields[place] = new
        fields[place].id = takeID()
      } else {
        fields[place] = Field(id: field.id, content: new.content, nameCount: new.nameCount)
      }
    }

    private mutating func set(_ name: String, to text: String?) throws(MilterError) {
      guard let text else { return removeAll(name) }
      guard let first = first(name) else { return try append(name, text) }
      try replace(first, with: text)
      fields.removeAll { $0.id != first.id && $0.isNamed(name) }
    }

    // MARK: Removing

    /// Removes a field; has no effect if the message does not have it.
    public mutating func remove(_ field: Field) { fields.removeAll { $0.id == field.id } }

    /// Removes all fields with a name.
    public mutating func removeAll(_ name: String) { fields.removeAll { $0.isNamed(name) } }

    /// Removes the fields that satisfy a condition.
    public mutating func removeAll(where condition: (Field) throws -> Bool) rethrows {
      try fields.removeAll(where: condition)
    }

    /// Removes fields by their identities.
    mutating func remove(_ ids: Set<Int>) { fields.removeAll { ids.contains($0.id) } }

    // MARK: Identity

    private func place(of field: Field) throws(MilterError) -> Int {
      guard let place = fields.firstIndex(where: { $0.id == field.id && field.id >= 0 }) else {
        throw MilterError(.invalidArgument, "\(field.name): the message does not have this field")
      }
      return place
    }

    private mutating func takeID() -> Int {
      defer { nextID += 1 }
      return nextID
    }

    /// Prepares a field for insertion: removes it from its old place, or gives it a new identity.
    private mutating func placing(_ field: Field) throws(MilterError) -> Field {
      if let place = fields.firstIndex(where: { $0.id == field.id && $0.hasContent(of: field) }) {
        guard !field.mayBeCut else { throw Self.cut(field) }
        return fields.remove(at: place)
      }
      // A field that was removed, and is inserted again.
      let isBack =
        original.indices.contains(field.id) && original[field.id].hasContent(of: field)
        && !fields.contains { $0.id == field.id }
      guard !field.mayBeCut else { throw Self.cut(field) }
      if isBack { return field }
      try check(field)
      var field = field
      field.id = takeID()
      return field
    }

    /// Checks that the MTA accepts a new field or value.
    private func check(_ field: Field) throws(MilterError) {
      guard !traits.hasLeadingSpace else { return }
      guard field.separator == .colonSpace, field.wireValue.count > 1 else {
        throw MilterError(
          .invalidArgument,
          "\(field.name): this MTA writes a space after the colon, and accepts no empty value")
      }
    }

    static func cut(_ field: Field) -> MilterError {
      MilterError(
        .invalidArgument,
        "\(field.name): Postfix may have cut the field at \(MTATraits.largestField) bytes; it can be "
          + "removed, but not moved or changed")
    }
  }
}
