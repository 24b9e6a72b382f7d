using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

internal sealed class SaidFlowsTests
{
    [Test]
    public void A_connection_that_is_met_with_every_packet_is_news_once_in_ten_minutes()
    {
        var said = new SaidFlows();
        FlowKey flow = Flow(1), other = Flow(2);
        bool[] news = [said.IsNews(flow, 0), said.IsNews(flow, 1), said.IsNews(other, 2), said.IsNews(flow, (600 * EngineOptions.Second) - 1), said.IsNews(flow, 600 * EngineOptions.Second)];
        Assert.That(news, Is.EqualTo(new[] { true, false, true, false, true }));
    }

    [Test]
    public void However_many_there_are_it_remembers_no_more_than_it_has_places()
    {
        var said = new SaidFlows();
        int news = Enumerable.Range(0, SaidFlows.Places).Count(i => said.IsNews(Flow((ushort)i), 0));
        Assert.That(news, Is.EqualTo(SaidFlows.Places));
        Assert.That((said.IsNews(Flow(0), 0), said.IsNews(Flow(5_000), 0), said.IsNews(Flow(0), 0)), Is.EqualTo((false, true, true)));
    }

    private static FlowKey Flow(ushort port) =>
        new(new Ipv4Endpoint(new Ipv4Address(0xC0A8_070A), port), new Ipv4Endpoint(new Ipv4Address(0xC633_6405), 5_190));
}
