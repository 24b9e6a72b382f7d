namespace ReAim.Gateway.Tests.Rules;

/// <summary>Tests that each get a small gateway of their own.</summary>
internal abstract class SmallGatewayTests
{
    /// <summary>The gateway, from the test's set-up on.</summary>
    protected SmallGateway Gateway { get; private set; } = null!;

    [SetUp]
    public void MakeGateway() => Gateway = new SmallGateway();

    [TearDown]
    public void RemoveGateway() => Gateway.Dispose();
}
