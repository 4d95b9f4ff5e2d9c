from conformance.load.samples import Collector, Report


def test_a_report_survives_json_and_is_not_given_twice() -> None:
    collector = Collector()
    collector.sent(1, 10.0)
    collector.asked("progress", 0.5, good=False)
    report = collector.report()
    assert report.running == (10.0,)
    assert Report.from_json(report.to_json()) == report
    assert collector.report().tallies == {}
