import MilterProcessFixtures

extension RealMTA {
  /// Sends a small message from each of several clients at the same time, and returns the replies.
  func deliverTogether(_ count: Int) async throws -> [SMTPDelivery] {
    let port = port
    return try await withThrowingTaskGroup(of: SMTPDelivery.self) { group in
      for _ in 0..<count {
        group.addTask {
          try await onThread {
            let client = try SMTPClient(port: port, patience: .seconds(120))
            try client.ehlo()
            let delivery = try client.send(message: SmallMessage.bytes)
            try client.quit()
            return delivery
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
  }
}
