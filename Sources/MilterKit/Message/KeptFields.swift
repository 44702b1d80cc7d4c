/// Finds the fields of a header that stay in place while others move around them.
///
/// These fields are in their original order. Of all such sequences, this one saves the most actions: an
/// unchanged field saves a deletion and an insertion, and a field with a new value saves one action. A field
/// that may have been cut always stays.
struct KeptFields {
  /// For each field, its original index if it stays; ascending.
  let sources: [Int?]

  init(
    _ fields: [MilterMessage.Field], _ original: [MilterMessage.Field], _ traits: MTATraits
  ) {
    let candidates = fields.map { field in
      // A change to an empty value would delete the field.
      original.indices.contains(field.id)
        && (!traits.deletes(field) || field.hasContent(of: original[field.id])) ? field.id : nil
    }
    // No field was moved: the usual case.
    if Self.isAscending(candidates) {
      sources = candidates
      return
    }
    var best = BestPrefix(original.count)
    var weights = [Int](repeating: 0, count: fields.count)
    var former = [Int?](repeating: nil, count: fields.count)
    for (index, candidate) in candidates.enumerated() {
      guard let candidate else { continue }
      let field = fields[index]
      let isCut = field.mayBeCut
      let saved = isCut ? 4 * fields.count : field.hasContent(of: original[candidate]) ? 2 : 1
      former[index] = best.find(below: candidate)
      weights[index] = saved + (former[index].map { weights[$0] } ?? 0)
      best.add(index, at: candidate, weights)
    }
    var kept = [Int?](repeating: nil, count: fields.count)
    var end = best.find(below: original.count)
    while let index = end {
      kept[index] = candidates[index]
      end = former[index]
    }
    sources = kept
  }

  private static func isAscending(_ places: [Int?]) -> Bool {
    var last = -1
    for place in places {
      guard let place else { continue }
      guard place > last else { return false }
      last = place
    }
    return true
  }

  /// A Fenwick tree: the sequence that saves most, of those that end before an index.
  private struct BestPrefix {
    private var chains: [(weight: Int, index: Int)?]

    init(_ count: Int) { chains = Array(repeating: nil, count: count + 1) }

    func find(below place: Int) -> Int? {
      var best: (weight: Int, index: Int)?
      var node = place
      while node > 0 {
        if let chain = chains[node], chain.weight > best?.weight ?? 0 { best = chain }
        node -= node & -node
      }
      return best?.index
    }

    mutating func add(_ index: Int, at place: Int, _ weights: [Int]) {
      var node = place + 1
      while node < chains.count {
        if weights[index] > chains[node]?.weight ?? 0 { chains[node] = (weights[index], index) }
        node += node & -node
      }
    }
  }
}
