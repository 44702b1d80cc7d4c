import MilterCore

/// Finds the shortest sequence of actions that turns the header as it came into what it is now.
///
/// ``ShortestEdit`` finds the fields that stay, some of them with another value. For a header of
/// many hundreds of fields, most of which were changed, the sequence is short, but not always the
/// shortest: as many fields as possible stay as they are (``KeptFields``), and where a field went and
/// another one of its name came between the same two of them, it is changed. Then:
///
/// 1. Changes, which move nothing.
/// 2. Deletions from the last to the first: with Postfix a deletion moves the fields after it.
/// 3. Insertions from the first to the last, so that each finds those before it in place.
struct HeaderPlanner {
  private let original: [MilterMessage.Field]
  private let fields: [MilterMessage.Field]
  private let traits: MTATraits
  /// For each field the place of the one that came and stays as it, if any; ascending.
  private var sources: [Int?] = []

  init(_ headers: MilterMessage.Headers) {
    original = headers.original
    fields = headers.fields
    traits = headers.traits
    if let edit = ShortestEdit(fields, original, traits) {
      sources = edit.sources
    } else {
      sources = KeptFields(fields, original, traits).sources
      matchNames()
    }
  }

  /// Makes one change of a deletion and an insertion between the same two fields that stay.
  private mutating func matchNames() {
    guard sources.contains(nil) else { return }
    var kept = Set(sources.compactMap(\.self))
    var places: [ArraySlice<UInt8>: [Int]] = [:]
    for place in original.indices where !kept.contains(place) && !original[place].mayBeCut {
      places[original[place].rawName, default: []].append(place)
    }
    guard !places.isEmpty else { return }
    // The place of the next field that stays, from the last to the first.
    var limits = [Int](repeating: original.count, count: fields.count + 1)
    for index in fields.indices.reversed() { limits[index] = sources[index] ?? limits[index + 1] }
    var next = 0
    for index in fields.indices {
      if let source = sources[index] {
        next = source + 1
      } else if !traits.deletes(fields[index]),
        let place = Self.first(of: places[fields[index].rawName] ?? [], from: next),
        place < limits[index], kept.insert(place).inserted
      {
        sources[index] = place
        next = place + 1
      }
    }
  }

  /// The first of some ascending numbers that is not below another one.
  private static func first(of numbers: [Int], from start: Int) -> Int? {
    var range = numbers.startIndex..<numbers.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = numbers[middle] < start ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound < numbers.endIndex ? numbers[range.lowerBound] : nil
  }

  /// The actions in their order.
  var actions: [MilterPlan.Action] {
    let isUntouched =
      fields.count == original.count
      && zip(fields, original).allSatisfy { $0.id == $1.id && $0.hasContent(of: $1) }
    return isUntouched ? [] : changes + insertions
  }

  /// Changes, then deletions.
  private var changes: [MilterPlan.Action] {
    let numbers = numbersByName
    var changes: [MilterPlan.Action] = []
    for (field, source) in zip(fields, sources) {
      guard let source, !field.hasContent(of: original[source]) else { continue }
      changes.append(
        .chgheader(
          index: numbers[source], name: field.name, value: Array(field.wireValue)))
    }
    let kept = Set(sources.compactMap(\.self))
    for place in original.indices.reversed() where !kept.contains(place) {
      changes.append(.chgheader(index: numbers[place], name: original[place].name, value: []))
    }
    return changes
  }

  /// The number of each field that came among those of its name, from 1.
  private var numbersByName: [Int] {
    var counts: [String: Int] = [:]
    return original.map { field in
      let name = field.name.lowercased()
      let number = counts[name, default: 0] + 1
      counts[name] = number
      return number
    }
  }

  private var insertions: [MilterPlan.Action] {
    var insertions: [MilterPlan.Action] = []
    let last = sources.lastIndex { $0 != nil } ?? -1
    /// The fields that came up to the last one that stays, of those before the insertion.
    var passed = 0
    var kept = 0
    for (index, field) in fields.enumerated() {
      if let source = sources[index] {
        passed = source + 1
        kept += 1
        continue
      }
      let value = Array(field.wireValue)
      if index > last {
        insertions.append(
          traits.addsAtEnd
            ? .addheader(name: field.name, value: value)
            // Beyond the last one.
            : .insheader(index: Int(Int32.max), name: field.name, value: value))
        continue
      }
      // At the top it does not matter how many hidden fields follow.
      let hidden = passed > 0 ? traits.hiddenFields : 0
      let before = traits.countsDeletedFields ? passed : kept
      let place = MTATraits.ownFields + hidden + before + insertions.count
      insertions.append(.insheader(index: place, name: field.name, value: value))
    }
    return insertions
  }
}
