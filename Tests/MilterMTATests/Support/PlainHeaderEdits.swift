import MilterCore
@testable import MilterMTA

/// A simple and slow implementation of `HeaderEdits`, with the same results.
struct PlainHeaderEdits {
  /// A field at a place in the header.
  private struct Field: Sendable {
    var header: MTAHeader
    /// Whether the MTA itself added the field; such fields are not shown to filters.
    var isOwn = false
    var isDeleted = false
    /// Whether an earlier filter has deleted the field.
    var isForgotten = false
  }

  private var fields: [Field]
  private let changes: MTAProfile.Changes
  /// Whether values include the space after the colon.
  private let leadingSpace: Bool

  /// Creates a header from the MTA's own `Received`, the hidden fields that the MTA counts, and the given
  /// fields.
  init(
    _ headers: [MTAHeader], received: MTAHeader, changes: MTAProfile.Changes, leadingSpace: Bool
  ) {
    self.changes = changes
    self.leadingSpace = leadingSpace
    fields = [Field(header: received, isOwn: true)]
    fields += changes.hiddenHeaders.map {
      Field(header: MTAHeader($0, ""), isOwn: true, isDeleted: true)
    }
    fields += headers.map { Field(header: $0) }
  }

  /// The current header, including the MTA's own `Received`.
  var all: [MTAHeader] { fields.filter { !$0.isDeleted }.map(\.header) }

  /// The current header, without the MTA's own fields.
  var shown: [MTAHeader] { fields.filter { !$0.isDeleted && !$0.isOwn }.map(\.header) }

  /// Removes deleted fields permanently, because the header is now sent to another filter.
  ///
  /// The numbers of the remaining fields then no longer count deleted fields.
  mutating func forgetDeleted() {
    for place in fields.indices where fields[place].isDeleted { fields[place].isForgotten = true }
  }

  /// Carries out a change of a header field.
  ///
  /// - Parameter action: The change, with the numbers of the filter that requests it.
  /// - Returns: The change with the numbers of an MTA that sees all changes as those of one filter; `nil` if
  /// there
  ///   is nothing to change.
  mutating func relay(_ action: FilterReply) -> FilterReply? {
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
        // The MTA adds a field if the number is the one after the last field of this name.
        let next = fields.count { !$0.isOwn && $0.header.isNamed(name) } + 1
        add(name, value)
        return .chgheader(index: UInt32(clamping: next), name: name, value: value)
      }
      _ = change(index, name, value)
      return .chgheader(index: number, name: name, value: value)
    default: break
    }
    return action
  }

  /// Returns the place where Sendmail puts an added field: that of a field that an earlier filter has
  /// deleted.
  private func numberOfForgotten(_ name: [UInt8]) -> (place: Int, number: UInt32)? {
    guard changes.countsDeletedHeaders,
      let place = fields.firstIndex(where: {
        ($0.isOwn || $0.isForgotten) && $0.header.isNamed(name)
      }), fields[place].isForgotten
    else { return nil }
    return (place, number(ofPlace: place, name))
  }

  private mutating func set(
    _ place: Int, _ number: UInt32, _ name: [UInt8], _ value: [UInt8]
  ) -> FilterReply {
    var header = header(name, value)
    if changes.keepsHeaderNames { header.name = fields[place].header.name }
    fields[place] = Field(header: header)
    return .chgheader(index: number, name: name, value: value)
  }

  /// Returns the MTA's number of a field from the filter's number; `nil` if there is no such field.
  private func number(of name: [UInt8], _ number: Int) -> UInt32? {
    place(of: name, number).map { self.number(ofPlace: $0, name) }
  }

  private func number(ofPlace place: Int, _ name: [UInt8]) -> UInt32 {
    let counted = fields.indices.filter { !fields[$0].isOwn && fields[$0].header.isNamed(name) }
    // A field that no filter sees gets the number after the last visible field of its name.
    return UInt32(clamping: (counted.firstIndex(of: place) ?? counted.count) + 1)
  }

  mutating func add(_ name: [UInt8], _ value: [UInt8]) {
    guard isTaken(name) else { return }
    let like = changes.addsHeadersBeforeTheirLike ? firstIndex(of: name) : nil
    fields.insert(Field(header: header(name, value)), at: like ?? fields.count)
  }

  mutating func insert(at index: UInt32, _ name: [UInt8], _ value: [UInt8]) {
    guard isTaken(name) else { return }
    let place = min(Int(clamping: index), fields.count)
    fields.insert(Field(header: header(name, value)), at: place)
  }

  /// Changes, deletes, or adds a header field; returns a warning if there is no field to delete.
  mutating func change(_ index: UInt32, _ name: [UInt8], _ value: [UInt8]) -> String? {
    guard let place = place(of: name, max(Int(clamping: index), 1)) else {
      if !value.isEmpty {
        add(name, value)
        return nil
      }
      return "chgheader: there is no header \(VisibleText.escaped(name)) number \(index) to delete"
    }
    if !value.isEmpty {
      var header = header(name, value)
      if changes.keepsHeaderNames { header.name = fields[place].header.name }
      fields[place] = Field(header: header)
    } else if changes.countsDeletedHeaders {
      fields[place].isDeleted = true
    } else {
      fields.remove(at: place)
    }
    return nil
  }

  private func place(of name: [UInt8], _ number: Int) -> Int? {
    var left = number
    var own: Int?
    for (place, field) in fields.enumerated() where field.header.isNamed(name) {
      if field.isOwn || field.isForgotten {
        own = place
        continue
      }
      left -= 1
      if left == 0 { return place }
    }
    // If no visible field has this number, an MTA that counts hidden fields (Sendmail) changes the last
    // hidden field of the name.
    return changes.hiddenHeaders.isEmpty ? nil : own
  }

  private func firstIndex(of name: [UInt8]) -> Int? {
    fields.firstIndex { $0.header.isNamed(name) }
  }

  private func isTaken(_ name: [UInt8]) -> Bool {
    !name.isEmpty || changes.emptyName == .kept
  }

  private func header(_ name: [UInt8], _ value: [UInt8]) -> MTAHeader {
    let header = MTAHeader(
      name: folded(name), wireValue: folded(value), leadingSpace: leadingSpace)
    return changes.fieldLimit.flatMap { header.cut(to: $0) } ?? header
  }

  /// The text with each line break as the MTA writes it.
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
