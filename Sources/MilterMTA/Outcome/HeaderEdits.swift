package import MilterCore

/// The header of a message while a filter changes it.
package struct HeaderEdits: Sendable {
  private typealias Field = HeaderFields.Field

  private var fields: HeaderFields
  private let changes: MTAProfile.Changes
  /// Whether values include the space after the colon.
  private let leadingSpace: Bool

  /// Creates the header from the MTA's own `Received`, further fields that the MTA counts, and the fields of
  /// the message.
  package init(
    _ headers: [MTAHeader], received: MTAHeader, changes: MTAProfile.Changes, leadingSpace: Bool,
    blockSize: Int = 256
  ) {
    self.changes = changes
    self.leadingSpace = leadingSpace
    fields = HeaderFields(blockSize: blockSize)
    fields.append(Field(header: received, isOwn: true))
    for name in changes.hiddenHeaders {
      fields.append(Field(header: MTAHeader(name, ""), isOwn: true, isDeleted: true))
    }
    for header in headers { fields.append(Field(header: header)) }
  }

  /// The current header, including the MTA's own `Received`.
  var all: [MTAHeader] { headers { !$0.isDeleted } }

  /// The current header fields, without those of the MTA itself.
  package var shown: [MTAHeader] { headers { !$0.isDeleted && !$0.isOwn } }

  private func headers(where condition: (Field) -> Bool) -> [MTAHeader] {
    var headers: [MTAHeader] = []
    headers.reserveCapacity(fields.count)
    fields.forEach { if condition($0) { headers.append($0.header) } }
    return headers
  }

  /// Removes deleted fields permanently, because the header is now sent to another filter.
  ///
  /// The numbers of the remaining fields then no longer count deleted fields.
  package mutating func forgetDeleted() {
    fields.update(where: { $0.isDeleted && !$0.isForgotten }) { $0.isForgotten = true }
  }

  /// Carries out a change of a header field.
  ///
  /// - Parameter action: The change, with the numbers of the filter that requests it.
  /// - Returns: The change with the numbers of an MTA that sees all changes as those of one filter; `nil` if
  ///   there is nothing to change.
  package mutating func relay(_ action: FilterReply) -> FilterReply? {
    switch action {
    case .addheader(let name, let value):
      if let number = numberOfForgotten(name) {
        return set(number.place, number.number, name, value)
      }
      add(name, value)
    case .insheader(let index, let name, let value): insert(at: index, name, value)
    case .chgheader(let index, let name, let value):
      guard let number = number(of: name, max(Int(clamping: index), 1)) else {
        if value.isEmpty { return nil }
        // The MTA adds a field at the number after the last field with the name.
        let next = fields.others(named: name) + 1
        add(name, value)
        return .chgheader(index: UInt32(clamping: next), name: name, value: value)
      }
      _ = change(index, name, value)
      return .chgheader(index: number, name: name, value: value)
    default: break
    }
    return action
  }

  /// Returns the place where Sendmail puts an added field: that of a field that an earlier filter has deleted.
  private mutating func numberOfForgotten(
    _ name: [UInt8]
  ) -> (place: HeaderFields.Place, number: UInt32)? {
    guard changes.countsDeletedHeaders, let place = fields.firstUncounted(named: name),
      fields[place].isForgotten
    else { return nil }
    return (place, number(ofPlace: place, name))
  }

  private mutating func set(
    _ place: HeaderFields.Place, _ number: UInt32, _ name: [UInt8], _ value: [UInt8]
  ) -> FilterReply {
    replace(place, name, value)
    return .chgheader(index: number, name: name, value: value)
  }

  private mutating func replace(
    _ place: HeaderFields.Place, _ name: [UInt8], _ value: [UInt8]
  ) {
    var header = header(name, value)
    if changes.keepsHeaderNames { header.name = fields[place].header.name }
    fields.replace(Field(header: header), at: place)
  }

  /// Returns the MTA's number of a field from the filter's number; `nil` if there is no such field.
  private mutating func number(of name: [UInt8], _ number: Int) -> UInt32? {
    guard let place = place(of: name, number) else { return nil }
    return self.number(ofPlace: place, name)
  }

  private mutating func number(ofPlace place: HeaderFields.Place, _ name: [UInt8]) -> UInt32 {
    // The first number after the others refers to a field that filters do not get.
    let before =
      fields[place].isOwn
      ? fields.others(named: name) : fields.others(named: name, before: place)
    return UInt32(clamping: before + 1)
  }

  mutating func add(_ name: [UInt8], _ value: [UInt8]) {
    guard isTaken(name) else { return }
    let field = Field(header: header(name, value))
    if changes.addsHeadersBeforeTheirLike, let like = fields.first(named: name) {
      fields.insert(field, before: like)
    } else {
      fields.append(field)
    }
  }

  mutating func insert(at index: UInt32, _ name: [UInt8], _ value: [UInt8]) {
    guard isTaken(name) else { return }
    fields.insert(Field(header: header(name, value)), at: Int(clamping: index))
  }

  /// Changes, deletes, or adds a header field; returns a warning if the change is unusual.
  mutating func change(_ index: UInt32, _ name: [UInt8], _ value: [UInt8]) -> String? {
    guard let place = place(of: name, max(Int(clamping: index), 1)) else {
      if !value.isEmpty {
        add(name, value)
        return nil
      }
      return "chgheader: there is no header \(VisibleText.escaped(name)) number \(index) to delete"
    }
    if !value.isEmpty {
      replace(place, name, value)
    } else if changes.countsDeletedHeaders {
      var field = fields[place]
      field.isDeleted = true
      fields.replace(field, at: place)
    } else {
      fields.remove(at: place)
    }
    return nil
  }

  private mutating func place(of name: [UInt8], _ number: Int) -> HeaderFields.Place? {
    // If hidden fields count, the change applies to one of them.
    fields.counted(number, named: name)
      ?? (changes.hiddenHeaders.isEmpty ? nil : fields.lastUncounted(named: name))
  }

  private func isTaken(_ name: [UInt8]) -> Bool {
    !name.isEmpty || changes.emptyName == .kept
  }

  private func header(_ name: [UInt8], _ value: [UInt8]) -> MTAHeader {
    let header = MTAHeader(
      name: folded(name), wireValue: folded(value), leadingSpace: leadingSpace)
    return changes.fieldLimit.flatMap { header.cut(to: $0) } ?? header
  }

  /// Returns the text with each line break as the MTA writes it.
  private func folded(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0x0A) else { return text }
    var result: [UInt8] = []
    for (index, byte) in text.enumerated() {
      let next = index + 1 < text.count ? text[index + 1] : 0
      if byte != 0x0A || next == 0x20 || next == 0x09 {
        result.append(byte)
      } else {
        result += changes.lineBreak == .folded ? [0x0A, 0x09] : [0x20]
      }
    }
    return result
  }
}
