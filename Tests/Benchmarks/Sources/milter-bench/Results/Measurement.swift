/// The measurement of one target in one round of one case.
struct Measurement: Codable {
  /// A place on the curve of memory over idle connections.
  struct Memory: Codable {
    let connections: Int
    /// Growth of resident memory since before the first connection, in bytes.
    let growth: Int
  }

  var messages = 0
  var messagesPerSecond = 0.0
  /// Latencies of whole messages, in seconds.
  var p50 = 0.0
  var p99 = 0.0
  var max = 0.0
  /// Processor seconds of the filter process for 1,000 messages.
  var processorPerThousand = 0.0
  var threads = 0
  /// The number of threads added by waiting callbacks.
  var addedThreads: Int?
  /// Resident memory at the end, in bytes.
  var resident = 0
  var memory: [Memory] = []

  /// Growth of resident memory for one idle connection, in bytes.
  var memoryPerConnection: Double? {
    memory.last.map { Double($0.growth) / Double($0.connections) }
  }
}
