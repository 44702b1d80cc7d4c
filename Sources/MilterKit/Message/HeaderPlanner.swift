import MilterCore

/// Finds the shortest sequence of actions that changes the original header to the current header.
///
/// ``ShortestEdit`` finds the fields that stay, some with another value. If a header has many hundreds of
/// fields, and most of them have changed, the sequence is not always the shortest one. Then ``KeptFields``
/// finds the largest number of fields that can stay unchanged. If a field was removed and another one with the
/// same name was added between the same two of them, it becomes a change. The actions have this order:
///
/// 1. Changes, which do not move any field.
/// 2. Deletions from the last to the first: with Postfix, a deletion renumbers the fields after it.
/// 3. Insertions from the first to the last, so that each one finds the fields before it in place.
struct HeaderPlanner {
  private let original: [MilterMessage.Field]
  private let fields: [MilterMessage.Field]
  private let traits: MTATraits
  /// For each field, the index of the original field that stays in its place, if any; ascending.
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

  /// Combines a deletion and an insertion between the same two remaining fields to a change.
  private mutating func matchNames() {
    guard sources.contains(nil) else { return }
    var kept = Set(sources.compactMap(\.self))
    var places: [ArraySlice<UInt8>: [Int]] = [:]
    for place in original.indices where !kept.contains(place) && !original[place].mayBeCut {
      places[original[place].rawName, default: []].append(place)
    }
    guard !places.isEmpty else { return }
    // The index of the next field that stays, from the last to the first.
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

  /// The first of some ascending numbers that is not lower than another number.
  private static func first(of numbers: [Int], from start: Int) -> Int? {
    var range = numbers.startIndex..<numbers.endIndex
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = numbers[middle] < start ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound < numbers.endIndex ? numbers[range.lowerBound] : nil
  }

  /// The actions in order.
  var actions: [MilterPlan.Action] {
    let isUntouched =
      fields.count == original.count
      && zip(fields, original).allSatisfy { $0.id == $1.id && $0.hasContent(of: $1) }
    return isUntouched ? [] : changes + insertions
  }

  /// The changes, and then the deletions.
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

  /// The number of each original field among those with the same name, from 1.
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
    /// The original fields up to the last one that stays before the insertion.
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
            // After the last field.
            : .insheader(index: Int(Int32.max), name: field.name, value: value))
        continue
      }
      // At the top, the number of hidden fields after it does not matter.
      let hidden = passed > 0 ? traits.hiddenFields : 0
      let before = traits.countsDeletedFields ? passed : kept
      let place = MTATraits.ownFields + hidden + before + insertions.count
      insertions.append(.insheader(index: place, name: field.name, value: value))
    }
    return insertions
  }
}
