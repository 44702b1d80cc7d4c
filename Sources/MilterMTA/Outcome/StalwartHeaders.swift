import MilterCore

/// The header of a message after all changes of a filter, as Stalwart makes them.
enum StalwartHeaders {
  /// A change, as Stalwart notes it.
  private struct Change {
    var number: Int
    var header: MTAHeader
    var isOfExisting = false
  }

  /// The fields after the changes.
  static func changed(_ headers: [MTAHeader], by actions: [FilterReply]) -> [MTAHeader] {
    let changes = actions.compactMap { change($0, of: headers) }
    let isRewritten = actions.contains { action in
      switch action {
      case .insheader: true
      case .chgheader(_, let name, let value):
        value.isEmpty || headers.contains { $0.isNamed(name) }
      default: false
      }
    }
    guard isRewritten else { return changes.map(\.header) + headers }
    return changes.reduce(into: headers, apply)
  }

  private static func change(_ action: FilterReply, of headers: [MTAHeader]) -> Change? {
    switch action {
    case .addheader(let name, let value):
      return Change(number: 0, header: MTAHeader(name: name, value: value))
    case .insheader(let index, let name, let value):
      return Change(number: Int(clamping: index), header: MTAHeader(name: name, value: value))
    case .chgheader(let index, let name, let value):
      let isThere = value.isEmpty || headers.contains { $0.isNamed(name) }
      return Change(
        number: isThere ? Int(clamping: index) : 0, header: MTAHeader(name: name, value: value),
        isOfExisting: isThere)
    case .quarantine(let reason):
      return Change(number: 0, header: MTAHeader(name: Array("X-Quarantine".utf8), value: reason))
    default: return nil
    }
  }

  private static func apply(_ headers: inout [MTAHeader], _ change: Change) {
    let like = headers.indices.filter { headers[$0].isNamed(change.header.name) }
    let place = like.indices.contains(change.number - 1) ? like[change.number - 1] : nil
    if !change.isOfExisting {
      headers.insert(change.header, at: place ?? (change.number > 0 ? like.last : nil) ?? 0)
    } else if let place, change.header.value.isEmpty {
      headers.remove(at: place)
    } else if let place {
      headers[place].value = change.header.value
    }
  }
}
