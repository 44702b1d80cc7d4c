import MilterCore

/// The cost of keeping a field of a message as one of the original fields.
struct FieldPairs {
  /// The cost of an action.
  ///
  /// A field that replaces another field of equal content costs 1, so that each field keeps its own position if
  /// possible.
  static let action = 1 << 24
  /// The cost of a change that is not allowed.
  static let impossible = 1 << 56

  private struct Entry {
    let id: Int
    /// A number that is equal for equal contents, and a number that is equal for equal names.
    let content, name: Int
    /// Whether Postfix may have cut the field, which then can only stay unchanged or be deleted.
    var mayBeCut = false
    /// Whether the field's value can be assigned to another field.
    var isValue = true
  }

  private struct Content: Hashable {
    let bytes: ArraySlice<UInt8>
    let nameCount: Int
  }

  private let old: [Entry]
  private let new: [Entry]

  var oldCount: Int { old.count }
  var newCount: Int { new.count }

  init(
    _ fields: ArraySlice<MilterMessage.Field>, _ original: ArraySlice<MilterMessage.Field>,
    _ traits: MTATraits
  ) {
    var contents: [Content: Int] = [:]
    var names: [[UInt8]: Int] = [:]
    func entry(_ field: MilterMessage.Field) -> Entry {
      let content = Content(bytes: field.content, nameCount: field.nameCount)
      let name = traits.changesNames ? field.rawName.map(\.lowercased) : Array(field.rawName)
      return Entry(
        id: field.id, content: Self.number(content, &contents), name: Self.number(name, &names))
    }
    old = original.map { field in
      var entry = entry(field)
      entry.mayBeCut = field.mayBeCut
      return entry
    }
    let cut = Dictionary(
      uniqueKeysWithValues: zip(original, old).filter(\.1.mayBeCut).map { ($1.id, $0) })
    new = fields.map { field in
      var entry = entry(field)
      entry.mayBeCut = cut[field.id].map(field.hasContent) ?? false
      entry.isValue = !traits.deletes(field)
      return entry
    }
  }

  private static func number<Key: Hashable>(_ key: Key, _ numbers: inout [Key: Int]) -> Int {
    if let number = numbers[key] { return number }
    numbers[key] = numbers.count
    return numbers.count - 1
  }

  /// The cost of keeping a field at the position of an original field; `nil` if this is not possible.
  func costOfKeeping(_ oldPlace: Int, _ newPlace: Int) -> Int? {
    let (old, new) = (old[oldPlace], new[newPlace])
    let other = old.id == new.id ? 0 : 1
    if old.mayBeCut || new.mayBeCut {
      return other == 0 && old.content == new.content ? 0 : nil
    }
    if old.content == new.content { return other }
    return old.name == new.name && new.isValue ? Self.action + other : nil
  }

  /// The cost of inserting a field.
  func costOfInserting(_ place: Int) -> Int { new[place].mayBeCut ? Self.impossible : Self.action }
}
