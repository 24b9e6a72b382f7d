using ReAim.NatLab.Tests.Oscar;

namespace ReAim.NatLab.Tests.Talking;

/// <summary>A client of a protocol whose addresses are text: it talks, sends files directly and takes those that it is offered.</summary>
internal interface ITalker
{
    /// <summary>True once it may talk.</summary>
    bool IsWelcome { get; }

    /// <summary>True once the connection over which it talks has ended.</summary>
    bool IsGone { get; }

    /// <summary>The texts of messages that came, in order.</summary>
    List<string> Heard { get; }

    /// <summary>The files that came, whole.</summary>
    List<Digest> Files { get; }

    /// <summary>How many files it was offered.</summary>
    int Offers { get; }

    void Say(string to, string text);

    /// <summary>Listens, and offers a file.</summary>
    void SendFile(string to, byte[] file, ushort port);

    void Quit();
}
