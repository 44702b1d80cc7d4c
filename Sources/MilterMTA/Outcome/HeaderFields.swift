/// The fields of a header in order, in blocks, so that finding or moving a field affects only a part of a long
/// header.
struct HeaderFields: Sendable {
  /// A field of the header.
  struct Field: Sendable {
    var header: MTAHeader
    /// Whether the MTA itself added the field; such fields are not sent to filters.
    var isOwn = false
    var isDeleted = false
    /// Whether an earlier filter has deleted it.
    var isForgotten = false
    /// The name as a number, regardless of its case.
    fileprivate(set) var name = 0

    /// Whether filters count the field.
    var isCounted: Bool { !isOwn && !isForgotten }
  }

  /// The position of a field, valid until a field is inserted or removed.
  struct Place: Equatable {
    fileprivate var block: Int
    fileprivate var offset: Int
  }

  /// The number of fields with a name in a block.
  private struct Tally {
    var all = 0
    /// The number of fields that are not the MTA's own.
    var others = 0
    var counted = 0

    mutating func add(_ field: Field, _ count: Int) {
      all += count
      if !field.isOwn { others += count }
      if field.isCounted { counted += count }
    }
  }

  private struct Block {
    var fields: [Field] = []
    var tallies: [Int: Tally] = [:]

    init(_ fields: some Sequence<Field>) {
      for field in fields { insert(field, at: self.fields.count) }
    }

    mutating func insert(_ field: Field, at offset: Int) {
      fields.insert(field, at: offset)
      tallies[field.name, default: Tally()].add(field, 1)
    }

    mutating func remove(at offset: Int) {
      let field = fields.remove(at: offset)
      tallies[field.name]?.add(field, -1)
    }

    mutating func replace(_ field: Field, at offset: Int) {
      tallies[fields[offset].name]?.add(fields[offset], -1)
      fields[offset] = field
      tallies[field.name, default: Tally()].add(field, 1)
    }
  }

  /// All fields, until one is searched for or inserted between others: most headers only grow at the end.
  private var unsorted: [Field] = []
  private var blocks: [Block] = [Block([])]
  private var names: [[UInt8]: Int] = [:]
  private let blockSize: Int

  /// Creates a header without fields.
  ///
  /// - Parameter blockSize: The number of fields at which a block is divided.
  init(blockSize: Int = 256) { self.blockSize = blockSize }

  private(set) var count = 0

  /// Calls a closure with one field after the other.
  func forEach(_ body: (Field) -> Void) {
    unsorted.forEach(body)
    for block in blocks { block.fields.forEach(body) }
  }

  subscript(_ place: Place) -> Field { blocks[place.block].fields[place.offset] }

  // MARK: Changing

  mutating func append(_ field: Field) {
    guard unsorted.count == count else { return insert(field, at: count) }
    unsorted.append(field)
    count += 1
  }

  /// Moves the fields into blocks, whose tallies make searches fast.
  private mutating func sort() {
    guard !unsorted.isEmpty else { return }
    let fields = unsorted
    (unsorted, count) = ([], 0)
    for field in fields {
      let last = blocks.count - 1
      insert(field, before: Place(block: last, offset: blocks[last].fields.count))
    }
  }

  /// Inserts a field before another one.
  mutating func insert(_ field: Field, before place: Place) {
    var field = field
    field.name = number(of: field.header.name)
    blocks[place.block].insert(field, at: place.offset)
    count += 1
    let size = blocks[place.block].fields.count
    guard size >= blockSize else { return }
    let fields = blocks[place.block].fields
    // A header usually grows at its end.
    let half = place.offset == size - 1 ? size - 1 : size / 2
    blocks[place.block] = Block(fields[..<half])
    blocks.insert(Block(fields[half...]), at: place.block + 1)
  }

  /// Inserts a field after a number of others.
  mutating func insert(_ field: Field, at index: Int) {
    sort()
    if index >= count {
      let last = blocks.count - 1
      return insert(field, before: Place(block: last, offset: blocks[last].fields.count))
    }
    var left = index
    for (number, block) in blocks.enumerated() {
      if left < block.fields.count {
        return insert(field, before: Place(block: number, offset: left))
      }
      left -= block.fields.count
    }
  }

  mutating func remove(at place: Place) {
    blocks[place.block].remove(at: place.offset)
    count -= 1
    if blocks[place.block].fields.isEmpty, blocks.count > 1 { blocks.remove(at: place.block) }
  }

  mutating func replace(_ field: Field, at place: Place) {
    var field = field
    field.name = number(of: field.header.name)
    blocks[place.block].replace(field, at: place.offset)
  }

  /// Changes the properties of the fields that satisfy a condition.
  mutating func update(where condition: (Field) -> Bool, _ change: (inout Field) -> Void) {
    for index in unsorted.indices where condition(unsorted[index]) { change(&unsorted[index]) }
    for block in blocks.indices {
      for offset in blocks[block].fields.indices where condition(blocks[block].fields[offset]) {
        var field = blocks[block].fields[offset]
        change(&field)
        blocks[block].replace(field, at: offset)
      }
    }
  }

  // MARK: Finding

  /// Returns the first field with a name.
  mutating func first(named name: [UInt8]) -> Place? {
    find(name, 1, { $0.all }, where: { _ in true })
  }

  /// Returns the first field with a name that filters do not count.
  mutating func firstUncounted(named name: [UInt8]) -> Place? {
    find(name, 1, { $0.all - $0.counted }, where: { !$0.isCounted })
  }

  /// Returns the last field with a name that filters do not count.
  mutating func lastUncounted(named name: [UInt8]) -> Place? {
    let count = tally(name).map { $0.all - $0.counted } ?? 0
    return find(name, count, { $0.all - $0.counted }, where: { !$0.isCounted })
  }

  /// Returns the field with a name and a number, as filters count; the first one is 1.
  mutating func counted(_ number: Int, named name: [UInt8]) -> Place? {
    find(name, number, { $0.counted }, where: \.isCounted)
  }

  /// Returns the number of fields with a name that are not the MTA's own.
  mutating func others(named name: [UInt8]) -> Int { tally(name)?.others ?? 0 }

  /// Returns the number of such fields before a position.
  func others(named name: [UInt8], before place: Place) -> Int {
    guard let name = names[Self.lowercased(name)] else { return 0 }
    return blocks[..<place.block].reduce(0) { $0 + ($1.tallies[name]?.others ?? 0) }
      + blocks[place.block].fields[..<place.offset].count { $0.name == name && !$0.isOwn }
  }

  private mutating func tally(_ name: [UInt8]) -> Tally? {
    sort()
    guard let name = names[Self.lowercased(name)] else { return nil }
    return blocks.reduce(into: Tally()) { sum, block in
      guard let tally = block.tallies[name] else { return }
      sum.all += tally.all
      sum.others += tally.others
      sum.counted += tally.counted
    }
  }

  /// Returns the field with a name and a number among those that count.
  private mutating func find(
    _ name: [UInt8], _ number: Int, _ count: (Tally) -> Int, where counts: (Field) -> Bool
  ) -> Place? {
    sort()
    guard number > 0, let name = names[Self.lowercased(name)] else { return nil }
    var left = number
    for (block, content) in blocks.enumerated() {
      guard let tally = content.tallies[name] else { continue }
      if left > count(tally) {
        left -= count(tally)
        continue
      }
      for (offset, field) in content.fields.enumerated() where field.name == name && counts(field) {
        left -= 1
        if left == 0 { return Place(block: block, offset: offset) }
      }
    }
    return nil
  }

  private mutating func number(of name: [UInt8]) -> Int {
    let name = Self.lowercased(name)
    if let number = names[name] { return number }
    names[name] = names.count
    return names.count - 1
  }

  private static func lowercased(_ name: [UInt8]) -> [UInt8] { name.map(\.asciiLowercased) }
}
