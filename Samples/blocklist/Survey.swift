import MilterKit

/// Asks all lists about a client at the same time.
struct Survey: Sendable {
  /// The answers of the lists about a client.
  struct Findings: Equatable, Sendable {
    /// A list that has the client, and its code.
    struct Listing: Equatable, Sendable, CustomStringConvertible {
      let zone: String
      let code: InetAddress
      var description: String { "\(zone) (\(code))" }
    }

    /// The lists that have the client, in the order of the option.
    var listings: [Listing] = []
    /// The lists without a usable answer, and the reasons.
    var failures: [String] = []
  }

  private enum Event: Sendable {
    case meaning(Int, DNSList.Meaning)
    case timeIsOver
  }

  let lists: [DNSList]
  let lookup: any AddressLookup
  /// The number of lists that must have a client.
  let threshold: Int
  /// Returns when the time for the lists is over.
  let timeout: @Sendable () async throws -> Void

  /// Asks all lists.
  ///
  /// - Returns: The answers until enough lists have the client, all lists have answered, or the time is over.
  /// - Throws: `CancellationError` if the task is canceled.
  nonisolated(nonsending) func findings(about client: ReversedAddress) async throws -> Findings {
    let meanings = await withTaskGroup(of: Event.self) { group in
      for (index, list) in lists.enumerated() {
        group.addTask { .meaning(index, await ask(list, about: client)) }
      }
      group.addTask {
        try? await timeout()
        return .timeIsOver
      }
      var meanings = [DNSList.Meaning?](repeating: nil, count: lists.count)
      while meanings.contains(nil) {
        guard case .meaning(let index, let meaning)? = await group.next() else { break }
        meanings[index] = meaning
        if listings(in: meanings).count == threshold { break }
      }
      group.cancelAll()
      return meanings
    }
    try Task.checkCancellation()
    let found = listings(in: meanings)
    // With enough answers, the filter did not wait for the other lists, so they have not failed.
    guard found.count < threshold else { return Findings(listings: found) }
    return Findings(listings: found, failures: failures(in: meanings))
  }

  private func ask(_ list: DNSList, about client: ReversedAddress) async -> DNSList.Meaning {
    do {
      return list.meaning(of: try await lookup.addresses(of: list.name(of: client)))
    } catch {
      return .unusable("\(error)")
    }
  }

  private func listings(in meanings: [DNSList.Meaning?]) -> [Findings.Listing] {
    zip(lists, meanings).compactMap { list, meaning in
      guard case .listed(let code)? = meaning else { return nil }
      return .init(zone: list.zone, code: code)
    }
  }

  private func failures(in meanings: [DNSList.Meaning?]) -> [String] {
    zip(lists, meanings).compactMap { list, meaning -> String? in
      switch meaning {
      case .unusable(let reason): return "\(list.zone): \(reason)"
      case nil: return "\(list.zone): no answer in time"
      case .listed, .notListed: return nil
      }
    }
  }
}
