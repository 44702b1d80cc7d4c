/// Finds the word that a user probably meant.
package enum Suggestion {
  /// Returns the most similar word; `nil` if no word is similar enough.
  package static func nearest(to word: String, in words: [String]) -> String? {
    let near = words.map { (word: $0, distance: distance(word, $0)) }
      .filter { $0.distance <= max(1, min(word.count, $0.word.count) / 3) }
    return near.min { $0.distance < $1.distance }?.word
  }

  /// Returns the number of letters to insert, delete, replace, or swap with a neighbor.
  ///
  /// This is the optimal string alignment distance.
  private static func distance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          least = min(least, beforeLast[j - 1] + 1)
        }
        row.append(least)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
