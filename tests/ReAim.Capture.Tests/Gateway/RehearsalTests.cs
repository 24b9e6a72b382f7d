using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Gateway;

internal sealed class RehearsalTests
{
    [Test]
    public void A_rehearsal_goes_through_sign_on_offer_connect_and_cancel() =>
        Assert.That(new Rehearsal(new GatewayOptions { Lan = ["lan0"], Wan = ["wan0"] }).Play(), Is.EqualTo(1));
}
