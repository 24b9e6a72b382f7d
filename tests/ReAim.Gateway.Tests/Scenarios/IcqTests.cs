using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar.Icq;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>ICQ's direct connections through a kernel: Alice listens once behind the gateway, Bob comes from outside.</summary>
[RequiresRoot, RequiresRun]
[TestFixtureSource(typeof(Translating), nameof(Translating.Both))]
internal sealed class IcqTests(Translating translating)
{
    private const ushort Port = 23_456;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [TestCase(false)]
    [TestCase(true)]
    public void Messages_files_and_reverse_connects_reach_Alice_for_as_long_as_she_is_signed_on(bool acceptsAsClimm)
    {
        using var lab = new Lab(new LabOptions());
        using var tool = translating.Start(lab.Gateway);
        IcqMessenger alice = lab.Programs.Do(() => new IcqMessenger(lab.Alice.Client, Port) { AcceptsAsClimm = acceptsAsClimm });
        IcqMessenger bob = lab.Programs.Do(() => new IcqMessenger(lab.Bob.Client, Port));
        lab.SignOn();
        lab.Alice.Do(alice.Start);
        lab.Bob.Do(bob.Start);
        lab.Alice.SendIm(lab.Bob, "hello");
        Assert.That(lab.Until(() => bob.Known.Contains("alice"), s_patience), "Bob knows where Alice listens");
        Assert.That(tool.WaitForLine("ICQ listener: opened", 5));

        // More often, and longer apart, than an offer would be open for.
        for (int i = 0; i < 3; i++)
        {
            string text = $"message {i}";
            Assert.That(lab.Programs.Do(() => bob.SendAsync("alice", text)).WaitAsync(s_patience).Result, text);
            Thread.Sleep(1_500);
        }

        byte[] file = lab.Alice.Client.CookieDice.Bytes(300_000);
        lab.Bob.Do(() => bob.OfferFile("alice", file));
        Assert.That(lab.Until(() => alice.Files.Count == 1, s_patience), "the file came");
        Assert.That(alice.Files[0].Bytes.ToArray(), Is.EqualTo(file));
        lab.Alice.Do(() => alice.AskToConnect("bob"));
        Assert.That(lab.Until(() => alice.Messages.Contains("you asked"), s_patience), "Bob connected when asked");
        Assert.That(GatewayStatus.Read(lab.Gateway).GetProperty("mappings").GetArrayLength(), Is.EqualTo(1));
        lab.AssertCleanTraffic();
    }

    [Test]
    public void Without_help_nobody_gets_through()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        IcqMessenger alice = lab.Programs.Do(() => new IcqMessenger(lab.Alice.Client, Port));
        IcqMessenger bob = lab.Programs.Do(() => new IcqMessenger(lab.Bob.Client, Port));
        lab.SignOn();
        lab.Alice.Do(alice.Start);
        lab.Alice.SendIm(lab.Bob, "hello");
        Assert.That(lab.Until(() => bob.Known.Contains("alice"), s_patience), "Bob knows where Alice listens");
        Assert.That(lab.Programs.Do(() => bob.SendAsync("alice", "anybody there?")).WaitAsync(s_patience).Result, Is.False);
    }
}
