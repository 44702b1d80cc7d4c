extension Results {
  /// A plot of throughput, blocked callbacks, and the curves that must be straight.
  var svg: String {
    var panels: [String] = []
    func place() -> (Double, Double) {
      (Double(panels.count % 2) * Chart.width, 40 + Double(panels.count / 2) * Chart.height)
    }
    func add(_ chart: Chart) {
      guard chart.series.contains(where: { !$0.points.isEmpty }) else { return }
      let (x, y) = place()
      panels.append(chart.svg(x: x, y: y))
    }
    for transport in Transport.allCases { add(speed(transport)) }
    add(
      curve(.connections, "Messages per second over connections", "connections") {
        $0.messagesPerSecond
      })
    add(
      curve(
        .bodySize, "Milliseconds for a message over its size", "KB of body", unit: 1024,
        isLogarithmic: true
      ) { $0.p50 * 1000 })
    add(memory)
    add(blocked)
    let height = 40 + Double((panels.count + 1) / 2) * Chart.height
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(Chart.width * 2)) \(Int(height))" \
      font-family="system-ui, sans-serif" font-size="11" fill="#333">
      <rect width="100%" height="100%" fill="#fff"/>
      \(legend)
      \(panels.joined(separator: "\n"))
      </svg>

      """
  }

  private var present: [TargetName] {
    TargetName.allCases.filter { name in rows.contains { $0.target == name } }
  }

  private var legend: String {
    present.enumerated().map { index, target in
      let x = 50 + index * 110
      return """
        <rect x="\(x)" y="14" width="12" height="12" fill="\(Chart.color(target))"/>\
        <text x="\(x + 17)" y="24">\(target.title)</text>
        """
    }.joined(separator: "\n")
  }

  private func chart(
    _ title: String, _ axis: String, _ style: Chart.Style, names: [String] = [],
    _ points: (TargetName) -> [(x: Double, y: Double)]
  ) -> Chart {
    Chart(
      title: title, axis: axis, style: style, names: names,
      series: present.map { Series(target: $0, points: points($0)) })
  }

  private func speed(_ transport: Transport) -> Chart {
    let shown = ["one", "16", "128", "reconnect", "headers", "headers-nr"]
    let names = shown.filter { name in
      rows.contains { $0.name == name && $0.transport == transport }
    }
    return chart("Messages per second over \(transport)", "", .bars, names: names) { target in
      names.enumerated().compactMap { index, name in
        rows.first { $0.name == name && $0.transport == transport && $0.target == target }
          .map { (Double(index), $0.typical.messagesPerSecond) }
      }
    }
  }

  private func curve(
    _ curve: BenchCase.Curve, _ title: String, _ axis: String, unit: Double = 1,
    isLogarithmic: Bool = false, _ value: (Measurement) -> Double
  ) -> Chart {
    chart(title, axis, isLogarithmic ? .logarithmic : .overLogarithmicPlaces) { target in
      rows.filter { $0.curve == curve.rawValue && $0.target == target }
        .map { (($0.at ?? 0) / unit, value($0.typical)) }
    }
  }

  private var memory: Chart {
    chart("Memory of idle connections, MB", "connections", .linear) { target in
      rows.first { !$0.typical.memory.isEmpty && $0.target == target }
        .map { row in
          row.typical.memory.map { (Double($0.connections), Double($0.growth) / 1e6) }
        } ?? []
    }
  }

  private var blocked: Chart {
    let names = ["blocked-50", "blocked-200", "blocked-600", "blocked-1500"].filter { name in
      rows.contains { $0.name == name }
    }
    return chart(
      "Seconds until all have passed 0.5 s of blocking", "connections", .bars,
      names: names.map { String($0.dropFirst("blocked-".count)) }
    ) { target in
      names.enumerated().compactMap { index, name in
        rows.first { $0.name == name && $0.target == target }
          .map { (Double(index), $0.typical.max) }
      }
    }
  }
}
