extension Goal {
  /// The performance goals of the library, as ratios in one run.
  static let all: [Goal] =
    towardFloor + towardLibmilter + latency + cost + memory + blocking + dropIn + async

  private static let throughput = BenchCase.throughput.map(\.name)

  private static let towardFloor = Transport.allCases.map { transport in
    Goal(text: "messages/s to the floor's, every case, \(transport)", bound: .atLeast(0.95)) {
      $0.values(throughput, transport) { $0.toFloor }
    }
  }

  private static let towardLibmilter: [Goal] =
    [
      ("16", .unix, 1.5), ("128", .unix, 1.5), ("body-1m", .unix, 1.2),
      ("one", .tcp, 20), ("16", .tcp, 7.5), ("128", .tcp, 2),
    ].map { (name: String, transport: Transport, bound: Double) in
      Goal(text: "messages/s to libmilter's, \(name), \(transport)", bound: .atLeast(bound)) {
        $0.values([name], transport) { $0.toLibmilter }
      }
    } + [
      Goal(text: "messages/s to libmilter's, any case", bound: .atLeast(1)) { results in
        let names = BenchCase.all.filter { $0.steps.isEmpty }.map(\.name)
        return Transport.allCases.flatMap { results.values(names, $0) { $0.toLibmilter } }
      },
      Goal(
        text: "headers without reply to libmilter's with replies, messages/s", bound: .atLeast(3)
      ) {
        $0.values("headers-nr", .milterkit, to: "headers", .libmilter) { $0.messagesPerSecond }
      },
      Goal(text: "messages as values to libmilter's 60 headers, messages/s", bound: .atLeast(3)) {
        $0.values("value", .milterkit, to: "headers", .libmilter) { $0.messagesPerSecond }
      },
      Goal(text: "messages as values to those collected by hand, messages/s", bound: .atLeast(1)) {
        $0.values("value", .milterkit, to: "collect", .milterkit) { $0.messagesPerSecond }
      },
    ]

  private static let latency = [
    Goal(text: "p99 to the floor's, 128 connections", bound: .atMost(1.2)) { results in
      Transport.allCases.flatMap { results.values(["128"], $0) { $0.p99ToFloor } }
    },
    Goal(text: "slowest message where nothing blocks, ms", bound: .atMost(250)) { results in
      Transport.allCases.flatMap { results.values(throughput, $0) { $0.typical.max * 1000 } }
    },
  ]

  private static let cost = [
    Goal(text: "CPU per message to libmilter's, every case", bound: .atMost(0.6)) { results in
      Transport.allCases.flatMap { results.values(throughput, $0) { $0.processorToLibmilter } }
    },
    Goal(text: "system calls for a message of 18 replies", bound: .atMost(40)) { results in
      Transport.allCases.flatMap {
        results.values(["one", "16", "128"], $0) { $0.syscallsPerThousand.map { $0 / 1000 } }
      }
    },
  ]

  private static let memory = TargetName.ours.flatMap { target in
    [
      Goal(text: "bytes of an idle connection, \(target.title)", bound: .atMost(2048)) { results in
        Transport.allCases.flatMap {
          results.values(["idle"], $0, target) { $0.typical.memoryPerConnection }
        }
      },
      // The memory of its message and of the threads that served it must be gone.
      Goal(text: "bytes of a connection that was hot, \(target.title)", bound: .atMost(2048)) {
        results in
        Transport.allCases.flatMap {
          results.values(["cooled"], $0, target) { $0.typical.memoryPerConnection }
        }
      },
      Goal(text: "threads with 10,000 idle connections, \(target.title)", bound: .atMost(8)) {
        results in
        Transport.allCases.flatMap {
          results.values(["idle"], $0, target) { Double($0.typical.threads) }
        }
      },
    ]
  }

  private static let blocking = [
    Goal(text: "time of 1,500 blocked callbacks to the floor's", bound: .atMost(1.1)) { results in
      Transport.allCases.flatMap {
        results.values(["blocked-1500"], $0) { $0.toFloor.map { 1 / $0 } }
      }
    },
    Goal(text: "time of 50 callbacks blocked 0.5 s, s", bound: .atMost(0.525)) { results in
      Transport.allCases.flatMap {
        results.values(["blocked-50"], $0) { 50 / $0.typical.messagesPerSecond }
      }
    },
    Goal(text: "p99 beside blocked connections to that without them", bound: .atMost(1.5)) {
      $0.values("mixed", .milterkit, to: "16", .milterkit) { $0.p99 }
    },
  ]

  private static let dropIn =
    [
      Goal(text: "C drop-in: messages/s to MilterKit's, every case", bound: .atLeast(0.95)) {
        results in
        Transport.allCases.flatMap { results.values(throughput, $0, .dropin) { $0.toMilterKit } }
      }
    ]
    + [(Transport.unix, 1.4), (.tcp, 7)].map { transport, bound in
      Goal(
        text: "C drop-in: messages/s to libmilter's, 16, \(transport)", bound: .atLeast(bound)
      ) { $0.values(["16"], transport, .dropin) { $0.toLibmilter } }
    }
}

extension Goal {
  private static let async = [
    Goal(text: "AsyncMilter: messages/s to MilterKit's, 16 and 128", bound: .atLeast(0.9)) {
      results in
      Transport.allCases.flatMap { results.values(["16", "128"], $0, .async) { $0.toMilterKit } }
    },
    Goal(text: "bytes of a suspended callback, AsyncMilter", bound: .atMost(6144)) { results in
      Transport.allCases.flatMap {
        results.values(["waiting"], $0, .async) { $0.typical.memoryPerConnection }
      }
    },
    Goal(text: "threads for 10,000 suspended callbacks, AsyncMilter", bound: .atMost(8)) {
      results in
      Transport.allCases.flatMap {
        results.values(["waiting"], $0, .async) { $0.typical.addedThreads.map(Double.init) }
      }
    },
  ]
}

extension Results {
  /// Returns one number from each row of some cases.
  fileprivate func values(
    _ names: [String], _ transport: Transport, _ target: TargetName = .milterkit,
    _ number: (Row) -> Double?
  ) -> [Goal.Value] {
    rows.filter { $0.transport == transport && $0.target == target && names.contains($0.name) }
      .compactMap { row in
        number(row).map { Goal.Value(place: "\(row.name), \(transport)", number: $0) }
      }
  }

  /// Returns a number of one case on one target, divided by the number of another case.
  fileprivate func values(
    _ name: String, _ target: TargetName, to other: String, _ otherTarget: TargetName,
    _ number: (Measurement) -> Double
  ) -> [Goal.Value] {
    Transport.allCases.compactMap { transport in
      func row(_ name: String, _ target: TargetName) -> Row? {
        rows.first { $0.name == name && $0.target == target && $0.transport == transport }
      }
      guard let mine = row(name, target), let theirs = row(other, otherTarget) else { return nil }
      let divisor = number(theirs.typical)
      return divisor > 0
        ? Goal.Value(place: "\(transport)", number: number(mine.typical) / divisor) : nil
    }
  }
}
