using System.Security.Cryptography;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Programs;

/// <summary>
/// A client under test with its server and two irssi: Bob outside, and Carol where the client is. Every file is told by its hash.
/// </summary>
internal sealed class DccScene : IDisposable
{
    private const int SharedPort = 5_000;

    private readonly ProgramLab _lab;
    private readonly IrcServer _server;
    private readonly Znc? _bouncer;
    private readonly GatewayTool? _tool;
    private readonly IrcClient _alice;
    private readonly Irssi _bob;
    private readonly Irssi _carol;
    private readonly TemporaryFolder _files = new("files");
    private double _patience;
    private int _count;

    public DccScene(ClientProgram client, ServerProgram server, bool hasGateway, bool hasReaim)
    {
        _lab = new ProgramLab(hasGateway);
        try
        {
            // Whoever a program runs as may read them.
            Shell.Run("chmod", "755", _files.Name);
            _tool = hasReaim ? GatewayTool.Start(_lab.Gateway!, "--protocol", "irc") : null;
            _server = server == ServerProgram.InspIrcd ? new InspIrcd(_lab.Server, ProgramLab.ServerAddress) : new NgIrcd(_lab.Server, ProgramLab.ServerAddress);
            _bouncer = server == ServerProgram.Znc ? new Znc(_lab.Server, ProgramLab.BouncerAddress, _server, "alice") : null;
            _alice = client.Make(_lab.Alice, "alice");
            (_bob, _carol) = (new Irssi(_lab.Bob, "bob"), new Irssi(_lab.Carol, "carol"));
            _alice.Start(_bouncer?.Access ?? _server.Access);
            _bob.Start(_server.Access);
            _carol.Start(_server.Access);
            foreach (IrcClient one in (IrcClient[])[_alice, _bob, _carol])
            {
                Assert.That(Moment.Comes(() => one.HasShown("Your host is "), 40), $"signed on\n{Report()}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the peer knows of the offers' addresses.</summary>
    public bool BobHasSeen(string text) => _bob.HasShown(text);

    /// <summary>Does it.</summary>
    /// <param name="operation">What to do.</param>
    /// <param name="patience">Seconds for each thing to happen.</param>
    /// <returns>Null if it came out right, else what did not.</returns>
    public string? Try(DccOperation operation, double patience = 20)
    {
        _patience = patience;
        string? failure;
        try
        {
            failure = operation switch
            {
                DccOperation.SendSmall => Send(_alice, _bob, MakeFile("small", 100_000)),
                DccOperation.Send50Megabytes => Send(_alice, _bob, MakeFile("large", 50_000_000)),
                DccOperation.NameWithBlanks => Send(_alice, _bob, MakeFile("a day at sea", 5_000)),
                DccOperation.NameWithQuotes => Send(_alice, _bob, MakeFile("the \"best\" of it", 5_000)),
                DccOperation.NameInUtf8 => Send(_alice, _bob, MakeFile("Grüße☃", 5_000)),
                DccOperation.Chat => Chat(),
                DccOperation.Resume => Resume(),
                DccOperation.PassiveListening => SendPassively(_bob, _alice),
                DccOperation.PassiveOffering => SendPassively(_alice, _bob),
                DccOperation.TwoHostsOnOnePort => SendFromTwoHosts(),
                DccOperation.Hairpin => Send(_alice, _carol, MakeFile("neighbour", 100_000)),
                _ => throw new ArgumentOutOfRangeException(nameof(operation)),
            };
        }
        catch (NotSupportedException unable)
        {
            return unable.Message;
        }

        return failure is null ? null : $"{failure}\n{Report()}";
    }

    public string Report() => string.Join('\n', [_alice.Report(), _bob.Report(), _carol.Report(), .. (_tool?.Log ?? []).TakeLast(20)]);

    public void Dispose()
    {
        ((IDisposable?[])[_alice, _bob, _carol, _bouncer, _server, _tool]).ToList().ForEach(part => part?.Dispose());
        _lab.Dispose();
        _files.Dispose();
    }

    private string MakeFile(string name, int length)
    {
        string path = _files[$"{name}{++_count}.bin"];
        File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(length));
        return path;
    }

    private string? Send(IrcClient from, IrcClient to, string path)
    {
        from.Offer(to.Nick, path);
        return Arrives(to, path);
    }

    private string? Arrives(IrcClient at, string path) =>
        Moment.Comes(() => at.FilesLike(path).Count > 0, _patience) ? null : $"{Path.GetFileName(path)} did not arrive at {at.Nick}";

    private string? Chat()
    {
        _alice.OfferChat(_bob.Nick);
        if (!Moment.Comes(() => _alice.IsChatting(_bob.Nick) && _bob.IsChatting(_alice.Nick), _patience))
        {
            return "no conversation";
        }

        // Words of both, and more after some have been said.
        for (int round = 1; round <= 3; round++)
        {
            _alice.SayInChat(_bob.Nick, $"hello {round} from alice");
            _bob.SayInChat(_alice.Nick, $"hello {round} from bob");
            if (!Moment.Comes(() => _bob.HasHeardInChat(_alice.Nick, $"hello {round} from alice"), _patience)
                || !Moment.Comes(() => _alice.HasHeardInChat(_bob.Nick, $"hello {round} from bob"), _patience))
            {
                return $"words of round {round} were not heard";
            }
        }

        return null;
    }

    private string? Resume()
    {
        string path = MakeFile("half", 3_000_000);
        using (FileStream whole = File.OpenRead(path))
        using (FileStream half = File.Create(Path.Combine(_bob.Downloads, Path.GetFileName(path))))
        {
            byte[] begin = new byte[1_000_000];
            whole.ReadExactly(begin);
            half.Write(begin);
        }

        // It finds the first million there, and asks for the rest.
        return Send(_alice, _bob, path);
    }

    private string? SendPassively(IrcClient from, IrcClient to)
    {
        string path = MakeFile("passive", 200_000);
        from.OfferPassive(to.Nick, path);
        return Arrives(to, path);
    }

    private string? SendFromTwoHosts()
    {
        (string first, string second) = (MakeFile("first", 400_000), MakeFile("second", 300_000));
        _bob.TakeFilesAtOnce(false);
        _alice.UsePort(SharedPort);
        _carol.UsePort(SharedPort);
        try
        {
            _alice.Offer(_bob.Nick, first);
            _carol.Offer(_bob.Nick, second);
            if (!Moment.Comes(() => _bob.HasShown(Path.GetFileName(first)) && _bob.HasShown(Path.GetFileName(second)), _patience))
            {
                return "the offers did not arrive";
            }

            _bob.TakeFile(_alice.Nick);
            _bob.TakeFile(_carol.Nick);
            return Arrives(_bob, first) ?? Arrives(_bob, second);
        }
        finally
        {
            _bob.TakeFilesAtOnce(true);
            _alice.UsePort(0);
            _carol.UsePort(0);
        }
    }
}
