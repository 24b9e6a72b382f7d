using ReAim.Gateway.Tests.Programs;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Firewalls;

/// <summary>A firewall is loaded again while somebody is signed on, who says a word before our rules are back, and is helped on.</summary>
[RequiresRoot, RequiresRun, Category("Programs")]
internal sealed class ReloadTests
{
    /// <summary>What the other side may need to hear until a connection is read again.</summary>
    private const int FewMessages = 3;

    [Test]
    public void Nft_with_a_flush() => AssertHelpedOn(gateway => new NftFile(gateway));

    [Test]
    public void Iptables_restore() => AssertHelpedOn(gateway => new IptablesFile(gateway));

    [Test, Full("programs")]
    public void The_rules_of_docker() => AssertHelpedOn(gateway => new DockerRules(gateway));

    [Test, Full("programs"), RequiresPrograms("ufw")]
    public void The_ufw_program() => AssertHelpedOn(gateway => new Ufw(gateway));

    [Test, Full("programs"), RequiresPrograms("firewalld", "firewall-cmd", "dbus-daemon")]
    public void The_firewalld_program() => AssertHelpedOn(gateway => new Firewalld(gateway));

    private static void AssertHelpedOn(Func<HomeGateway, Firewall> make)
    {
        using var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { Clamp = Clamp.None } });
        using Firewall firewall = make(lab.Gateway);
        firewall.Start();
        using var tool = GatewayTool.Start(lab.Gateway);
        string rules = OurRules(lab);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "before").AssertDirectAtOnce();

        // The words come while our rules are not there: who puts them back is away, as on a machine that has more to do.
        Signal.Send(tool.Supervisor, Signal.Stop);
        firewall.Reload();
        Say(lab, "in the gap");
        Signal.Send(tool.Supervisor, Signal.Continue);
        Assert.That(Moment.Comes(() => OurRules(lab) == rules, 10), $"our rules are back; they were\n{rules}\nand are\n{OurRules(lab)}");
        for (int i = 0; i < FewMessages; i++)
        {
            Say(lab, $"after it {i}");
        }

        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "and a word without the server");
        offer.AssertDirectAtOnce();
        Assert.That(offer.OfferedAddress, Is.EqualTo(Lab.PublicAddress), $"the offer was rewritten: {GatewayStatus.Read(lab.Gateway).GetProperty("reasons")}");
    }

    /// <summary>A word each way.</summary>
    private static void Say(Lab lab, string text)
    {
        foreach ((Person from, Person to) in ((Person, Person)[])[(lab.Alice, lab.Bob), (lab.Bob, lab.Alice)])
        {
            from.SendIm(to, text);
            Assert.That(to.WaitForIm(text, TimeSpan.FromSeconds(20)), Is.Not.Null, $"{from.Name} says: {text}");
        }
    }

    /// <summary>The names of what is ours, be it of nftables or of iptables.</summary>
    private static string OurRules(Lab lab) => string.Join('\n', lab.Gateway.Namespace.Exec("nft", "list", "tables").Split('\n')
        .Concat(lab.Gateway.Namespace.Exec("iptables", "-t", "mangle", "-S").Split('\n'))
        .Where(line => line.Contains("reaim", StringComparison.OrdinalIgnoreCase)));
}
