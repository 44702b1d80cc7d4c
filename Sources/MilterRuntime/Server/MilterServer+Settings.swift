extension MilterServer {
  /// The maximum time to wait for messages in progress.
  var drain: Duration { (engine?.settings.configuration ?? configuration).drain }

  /// The address of the metrics listener; `nil` without one, or while the server does not run.
  package var metricsAddress: String? { engine?.pages.metrics?.address }

  /// The address of the control socket; `nil` without one, or while the server does not run.
  package var controlAddress: String? { engine?.pages.control?.address }

  /// Changes the configuration of later connections.
  package func reconfigure(_ configuration: MilterConfiguration) {
    engine?.reconfigure(configuration)
  }
}
