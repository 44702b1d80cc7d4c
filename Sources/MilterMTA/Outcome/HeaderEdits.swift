import MilterCore

/// The header of a message while a filter changes it.
struct HeaderEdits: Sendable {
  /// A place in the header.
  private struct Field: Sendable {
    var header: MTAHeader
    /// Whether it is one of the MTA's own, which filters are not shown.
    var isOwn = false
    var isDeleted = false
  }

  private var fields: [Field]
  private let changes: MTAProfile.Changes
  /// Whether values come with the space behind the colon.
  private let leadingSpace: Bool

  /// The MTA's own `Received`, then what it counts besides, then what the filter was shown.
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

  /// All of the header as it is now, the MTA's own `Received` among it.
  var all: [MTAHeader] { fields.filter { !$0.isDeleted }.map(\.header) }

  /// The header as it is now, without the MTA's own.
  var shown: [MTAHeader] { fields.filter { !$0.isDeleted && !$0.isOwn }.map(\.header) }

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

  /// Changes, deletes or adds a header; says what is odd about it.
  mutating func change(_ index: UInt32, _ name: [UInt8], _ value: [UInt8]) -> String? {
    guard let place = place(of: name, max(Int(clamping: index), 1)) else {
      if !value.isEmpty {
        add(name, value)
        return nil
      }
      return "chgheader: there is no header \(Text.escaped(name)) number \(index) to delete"
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
      if field.isOwn {
        own = place
        continue
      }
      left -= 1
      if left == 0 { return place }
    }
    // Where hidden headers count, one of them is what is changed in the end.
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
        result += changes.lineBreak == .getsTab ? [0x0A, 0x09] : [0x20]
      }
    }
    return result
  }
}
