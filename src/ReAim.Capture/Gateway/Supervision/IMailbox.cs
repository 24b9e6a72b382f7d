namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What other threads have to say to a supervisor.</summary>
internal interface IMailbox
{
    /// <summary>Puts a letter in, from any thread. Once the mailbox is closed nobody will read it.</summary>
    void Post(Letter letter);

    /// <summary>Takes the next letter.</summary>
    bool TryTake(out Letter letter);
}
