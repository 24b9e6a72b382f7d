using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What two clients say to each other once they are connected.</summary>
internal interface IPeerStream
{
    /// <summary>Finds out whether the other end belongs to this session.</summary>
    /// <param name="connection">A new connection.</param>
    /// <param name="connecting">True for the side that connected, or joined at the proxy.</param>
    Task<bool> GreetAsync(TcpConnection connection, bool connecting);

    /// <summary>Everything else, up to the end of the stream.</summary>
    /// <returns>True if all went over.</returns>
    Task<bool> ExchangeAsync(TcpConnection connection);
}
